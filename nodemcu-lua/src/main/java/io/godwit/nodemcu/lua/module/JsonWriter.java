package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaError;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** Encodes a value of a script as JSON. Strings are bytes and stay as they are. */
final class JsonWriter {

    /** The most that is encoded; a chip runs out of memory long before. */
    private static final int LIMIT = 1 << 20;

    private final LuaCall call;
    private final JsonOptions options;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private JsonWriter(LuaCall call, JsonOptions options) {
        this.call = call;
        this.options = options;
    }

    static byte[] encode(LuaCall call, int index, JsonOptions options) {
        JsonWriter writer = new JsonWriter(call, options);
        writer.value(index, 0);
        return writer.out.toByteArray();
    }

    private void ascii(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void value(int index, int depth) {
        if (depth > options.depth()) {
            throw new LuaError("nesting too deep");
        }
        if (out.size() > LIMIT) {
            throw new LuaError("not enough memory");
        }
        switch (call.typeName(index)) {
            case "nil", "userdata" -> ascii("null");
            case "boolean" -> ascii(String.valueOf(call.truth(index)));
            case "number" -> {
                double number = call.number(index);
                if (Double.isNaN(number) || Double.isInfinite(number)) {
                    throw new LuaError("cannot serialise number: must not be NaN or Inf");
                }
                out.writeBytes(call.bytes(index));
            }
            case "string" -> {
                byte[] text = call.bytes(index);
                if (Arrays.equals(text, options.nullText())) {
                    ascii("null");
                } else {
                    quoted(text);
                }
            }
            case "function" -> {
                call.pushCopy(index);
                call.invoke(0, 1);
                value(call.count(), depth + 1);
                call.pop(1);
            }
            case "table" -> table(index, depth);
            default -> throw new LuaError("Cannot serialise " + call.typeName(index) + ": type not supported");
        }
    }

    /** A list if all keys are positive numbers, else an object; an empty table is an object. */
    private void table(int index, int depth) {
        double[] highest = {0};
        call.walk(index, (key, value) -> {
            boolean number = call.typeName(key).equals("number");
            highest[0] =
                    highest[0] >= 0 && number && call.number(key) >= 1 ? Math.max(highest[0], call.number(key)) : -1;
        });
        if (highest[0] > LIMIT) {
            throw new LuaError("not enough memory");
        }
        if (highest[0] > 0) {
            list(index, (int) highest[0], depth);
        } else {
            object(index, depth);
        }
    }

    private void list(int index, int length, int depth) {
        out.write('[');
        for (int i = 1; i <= length; i++) {
            if (i > 1) {
                out.write(',');
            }
            value(call.pushIndex(index, i), depth + 1);
            call.pop(1);
        }
        out.write(']');
    }

    private void object(int index, int depth) {
        out.write('{');
        int start = out.size();
        call.walk(index, (key, value) -> {
            if (out.size() > start) {
                out.write(',');
            }
            quoted(call.bytes(key));
            out.write(':');
            value(value, depth + 1);
        });
        out.write('}');
    }

    private void quoted(byte[] text) {
        out.write('"');
        for (byte b : text) {
            switch (b) {
                case '"' -> ascii("\\\"");
                case '\\' -> ascii("\\\\");
                case '\n' -> ascii("\\n");
                case '\r' -> ascii("\\r");
                case '\t' -> ascii("\\t");
                default -> {
                    if (b >= 0 && b < 0x20) {
                        ascii(String.format(Locale.ROOT, "\\u%04x", b));
                    } else {
                        out.write(b);
                    }
                }
            }
        }
        out.write('"');
    }
}
