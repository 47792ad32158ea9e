package io.godwit.nodemcu.lua.vm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import party.iroiro.luajava.JFunction;

/**
 * The contents of a module or of an object's method table: constants, functions, and the names that the device has but
 * this host does not. Immutable and shared by all devices; a machine makes each function the first time a script asks
 * for it, so that a thousand devices do not each hold a table of functions that nobody calls.
 */
public final class LuaLibrary {

    private final String name;
    private final boolean methods;
    private final Map<String, Object> entries;
    private final Set<String> absent;
    private final Set<String> fixed;
    private final @Nullable LuaFunction otherwise;
    final JFunction lookup;
    final @Nullable JFunction collected;
    final Map<String, JFunction> metamethods = new LinkedHashMap<>();

    private LuaLibrary(Builder builder) {
        this.name = builder.name;
        this.methods = builder.methods;
        this.entries = new LinkedHashMap<>();
        builder.functions.forEach((key, function) -> entries.put(key, new LuaFunctionAdapter(function, key, methods)));
        entries.putAll(builder.constants);
        builder.nested.forEach((key, library) -> entries.put(key, library));
        this.absent = Set.copyOf(builder.absent.keySet());
        this.fixed = Set.copyOf(builder.fixed);
        builder.absent.forEach((missing, why) -> entries.put(
                missing,
                new LuaFunctionAdapter(
                        call -> {
                            throw new LuaError(
                                    "'" + name + "." + missing + "' exists on the device but not in this host" + why);
                        },
                        missing,
                        methods)));
        builder.metamethods.forEach(
                (key, function) -> metamethods.put(key, new LuaFunctionAdapter(function, key, false)));
        this.otherwise = builder.otherwise;
        this.lookup = new LuaFunctionAdapter(this::find, name, false);
        this.collected = builder.collected == null ? null : new LuaFunctionAdapter(builder.collected, "__gc", true);
    }

    /** Starts the description of a module whose functions are called with a dot. */
    public static Builder module(String name) {
        return new Builder(name, false);
    }

    /** Starts the description of an object whose functions are called with a colon. */
    public static Builder object(String name) {
        return new Builder(name, true);
    }

    public String name() {
        return name;
    }

    /** Every name the library answers to with something that works. */
    public Set<String> names() {
        Set<String> names = new TreeSet<>(entries.keySet());
        names.removeAll(absent);
        return names;
    }

    /** Every name that the device has, with what stands for it here; constants are left out. */
    public Map<String, Support> functions() {
        Map<String, Support> functions = new TreeMap<>();
        entries.forEach((key, entry) -> {
            if (entry instanceof LuaFunctionAdapter) {
                functions.put(
                        key,
                        absent.contains(key) ? Support.MISSING : fixed.contains(key) ? Support.FIXED : Support.WORKS);
            }
        });
        return functions;
    }

    /** The libraries below this one, by name. */
    public Map<String, LuaLibrary> nested() {
        Map<String, LuaLibrary> nested = new TreeMap<>();
        entries.forEach((key, entry) -> {
            if (entry instanceof LuaLibrary library) {
                nested.put(key, library);
            }
        });
        return nested;
    }

    /** What a function of the device does here. */
    public enum Support {
        /** As on the device, for real or simulated. */
        WORKS,
        /** Nothing, or always the same value. */
        FIXED,
        /** Raises an error that says so. */
        MISSING
    }

    /** Whether the library answers to any name. */
    public boolean isOpen() {
        return otherwise != null;
    }

    /** The library below this one, as {@code sta} is below {@code wifi}, or null. */
    public @Nullable LuaLibrary nested(String key) {
        return entries.get(key) instanceof LuaLibrary library ? library : null;
    }

    /** Pushes the entry of a name that {@link #names} lists. */
    void push(LuaCall call, String key) {
        call.pushEntry(Objects.requireNonNull(entries.get(key)));
    }

    private int find(LuaCall call) {
        if (!call.isString(2) || call.isNumber(2)) {
            return 0;
        }
        String key = call.text(2);
        Object entry = entries.get(key);
        if (entry != null) {
            if (entry instanceof LuaFunctionAdapter && !methods) {
                call.machine().environment().used().accept(call, name + "." + key);
            }
            call.pushEntry(entry);
        } else if (otherwise == null || otherwise.call(call) == 0) {
            return 0;
        }
        call.storeEntry();
        return 1;
    }

    /** Collects the entries of a library. */
    public static final class Builder {
        private final String name;
        private final boolean methods;
        private final Map<String, LuaFunction> functions = new LinkedHashMap<>();
        private final Map<String, Object> constants = new LinkedHashMap<>();
        private final Map<String, LuaLibrary> nested = new LinkedHashMap<>();
        private final Map<String, String> absent = new LinkedHashMap<>();
        private final List<String> fixed = new ArrayList<>();
        private final Map<String, LuaFunction> metamethods = new LinkedHashMap<>();
        private @Nullable LuaFunction collected;
        private @Nullable LuaFunction otherwise;

        private Builder(String name, boolean methods) {
            this.name = name;
            this.methods = methods;
        }

        public Builder function(String key, LuaFunction function) {
            functions.put(key, function);
            return this;
        }

        /** A function that does nothing here, or returns the same value whatever the device would do. */
        public Builder fixed(String key, LuaFunction function) {
            fixed.add(key);
            return function(key, function);
        }

        public Builder constant(String key, double value) {
            constants.put(key, value);
            return this;
        }

        public Builder constant(String key, String value) {
            constants.put(key, value);
            return this;
        }

        /** Numbers the keys from {@code first} on. */
        public Builder constants(int first, String... keys) {
            for (int i = 0; i < keys.length; i++) {
                constants.put(keys[i], (double) (first + i));
            }
            return this;
        }

        public Builder nested(String key, LuaLibrary library) {
            nested.put(key, library);
            return this;
        }

        /** Functions of the device that this host lacks: calling one raises an error that says so. */
        public Builder absent(String... keys) {
            for (String key : keys) {
                absent.put(key, "");
            }
            return this;
        }

        /**
         * A function that this host lacks for a reason, which the error of a call gives.
         *
         * @param why continues "exists on the device but not in this host: "
         */
        public Builder refused(String key, String why) {
            absent.put(key, ": " + why);
            return this;
        }

        /** A value of the device that exists once per boot: pushed by {@code producer} when first asked for. */
        public Builder value(String key, LuaFunction producer) {
            constants.put(key, producer);
            return this;
        }

        /**
         * Answers for every other name: the name is the second argument; what is pushed is kept under it, and a result of
         * 0 means nil.
         */
        public Builder otherwise(LuaFunction function) {
            this.otherwise = function;
            return this;
        }

        /** What an operator does to objects: {@code __eq}, {@code __concat}, {@code __tostring}. */
        public Builder metamethod(String key, LuaFunction function) {
            metamethods.put(key, function);
            return this;
        }

        /** Called when the script's object is garbage. */
        public Builder collected(LuaFunction function) {
            this.collected = function;
            return this;
        }

        public LuaLibrary build() {
            return new LuaLibrary(this);
        }
    }
}
