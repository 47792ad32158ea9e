package io.godwit.mqtt.protocol;

import org.jspecify.annotations.Nullable;

/** The rules for topic names, section 4.7: what a message is published to. Names travel as plain strings; this class checks them. */
public final class TopicName {
    /** The longest UTF-8 string that MQTT can carry, in bytes. */
    public static final int MAX_BYTES = 65_535;

    private TopicName() {}

    /**
     * Returns the name if it may be published to.
     *
     * @throws IllegalArgumentException if it is not valid; the message says which rule it breaks and at which character
     */
    public static String check(String name) {
        String fault = fault(name);
        if (fault != null) {
            throw new IllegalArgumentException(fault);
        }
        return name;
    }

    /** What is wrong with the name, with the statement of the standard; null if it is valid. */
    public static @Nullable String fault(String name) {
        if (name.isEmpty()) {
            return "the topic name is empty; it needs at least one character [MQTT-4.7.3-1]";
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '+' || c == '#') {
                return "topic name '" + name + "' has the wildcard '" + c + "' at character " + (i + 1)
                        + "; wildcards are allowed only in topic filters [MQTT-3.3.2-2]";
            }
        }
        return Utf8.fault("topic name", name);
    }
}
