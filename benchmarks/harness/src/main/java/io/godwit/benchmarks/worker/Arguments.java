package io.godwit.benchmarks.worker;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * What the runner tells a worker, as {@code key=value} words: {@code scenario}, {@code adapter} (class name),
 * {@code port}, {@code many} and {@code web} (the peer's ports, or the broker's), {@code counters} (file), {@code peer} (process
 * id), {@code warmup} and {@code measure} (milliseconds), {@code connections}, {@code clients}
 * (of a storm), {@code certificate}, {@code
 * store} (folder for the session of a durable scenario), {@code option.NAME}.
 */
record Arguments(Map<String, String> values) {

    static Arguments parse(String[] args) {
        Map<String, String> values = new TreeMap<>();
        for (String arg : args) {
            int equals = arg.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("\"" + arg + "\" is not of the form key=value");
            }
            values.put(arg.substring(0, equals), arg.substring(equals + 1));
        }
        return new Arguments(values);
    }

    String get(String key) {
        String value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException("the argument " + key + "=... is missing");
        }
        return value;
    }

    int getInt(String key) {
        return Integer.parseInt(get(key));
    }

    void forEachWithPrefix(String prefix, BiConsumer<String, String> action) {
        values.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                action.accept(key.substring(prefix.length()), value);
            }
        });
    }
}
