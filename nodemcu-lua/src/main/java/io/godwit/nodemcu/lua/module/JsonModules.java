package io.godwit.nodemcu.lua.module;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.godwit.nodemcu.WarningType;
import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaError;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import io.godwit.nodemcu.lua.vm.LuaRef;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code sjson} and its forerunner {@code cjson}: the same code under two names. */
final class JsonModules {

    /** As deep as the firmware goes. */
    private static final int MAX_DEPTH = 20;

    private static final JsonFactory FACTORY = new JsonFactory();

    private static final LuaLibrary NULL = LuaLibrary.object("sjson.null").build();

    private static final LuaLibrary DECODER = LuaLibrary.object("sjson.decoder")
            .function("write", call -> {
                Decoder decoder = call.object(1, Decoder.class, "sjson.decoder");
                decoder.text.writeBytes(call.bytes(2));
                return decoder.complete() ? decode(call, decoder.text.toByteArray(), null) : call.pushNil();
            })
            .function("result", call -> {
                Decoder decoder = call.object(1, Decoder.class, "sjson.decoder");
                if (!decoder.complete()) {
                    throw new LuaError("decode not complete");
                }
                return decode(call, decoder.text.toByteArray(), null);
            })
            .build();

    private static final LuaLibrary ENCODER = LuaLibrary.object("sjson.encoder")
            .function("read", call -> {
                Encoder encoder = call.object(1, Encoder.class, "sjson.encoder");
                int size = (int) Math.max(1, Math.min(call.integer(2, 1024), 1 << 20));
                if (encoder.at >= encoder.text.length) {
                    return call.pushNil();
                }
                int end = Math.min(encoder.text.length, encoder.at + size);
                byte[] piece = Arrays.copyOfRange(encoder.text, encoder.at, end);
                encoder.at = end;
                return call.push(piece);
            })
            .build();

    static final List<LuaLibrary> LIBRARIES = List.of(library("sjson", "NULL"), library("cjson", "null"));

    private JsonModules() {}

    private static LuaLibrary library(String name, String nullName) {
        return LuaLibrary.module(name)
                .value(nullName, JsonModules::pushNull)
                .function("encode", call -> call.push(encoded(call)))
                .function("decode", call -> {
                    byte[] text = call.bytes(1);
                    Object nullValue = null;
                    boolean given = false;
                    if (call.isTable(2)) {
                        int at = call.pushField(2, "null");
                        given = !call.isNoneOrNil(at);
                        nullValue = call.value(at);
                        call.pop(1);
                    }
                    return decode(call, text, given ? nullValue : null);
                })
                .function("encoder", call -> call.pushObject(new Encoder(encoded(call)), ENCODER))
                .function("decoder", call -> call.pushObject(new Decoder(), DECODER))
                .build();
    }

    /** The one object of a boot that stands for JSON's null, so that scripts can compare with it. */
    private static final class Null {
        private @Nullable LuaRef object;
    }

    private static int pushNull(LuaCall call) {
        Null holder = Modules.device(call).state(Null.class, d -> new Null());
        if (holder.object == null) {
            call.pushObject(holder, NULL);
            holder.object = call.ref(-1);
            return 1;
        }
        return call.push(holder.object);
    }

    private static final class Decoder {
        private final ByteArrayOutputStream text = new ByteArrayOutputStream();

        /** Whether the outermost object or list has been closed. */
        boolean complete() {
            int depth = 0;
            boolean quoted = false;
            boolean escaped = false;
            boolean begun = false;
            for (byte b : text.toByteArray()) {
                if (escaped) {
                    escaped = false;
                } else if (quoted) {
                    escaped = b == '\\';
                    quoted = b != '"';
                } else if (b == '"') {
                    quoted = true;
                } else if (b == '{' || b == '[') {
                    depth++;
                    begun = true;
                } else if (b == '}' || b == ']') {
                    depth--;
                }
            }
            return begun && depth == 0;
        }
    }

    private static final class Encoder {
        private final byte[] text;
        private int at;

        Encoder(byte[] text) {
            this.text = text;
        }
    }

    // ---- encoding

    private static byte[] encoded(LuaCall call) {
        call.needTable(1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(call, 1, out, 0);
        return out.toByteArray();
    }

    private static void ascii(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void write(LuaCall call, int index, ByteArrayOutputStream out, int depth) {
        if (depth > MAX_DEPTH) {
            throw new LuaError("nesting too deep");
        }
        switch (call.typeName(index)) {
            case "nil" -> ascii(out, "null");
            case "boolean" -> ascii(out, String.valueOf(call.truth(index)));
            case "number" -> {
                double number = call.number(index);
                if (Double.isNaN(number) || Double.isInfinite(number)) {
                    throw new LuaError("cannot serialise number: must not be NaN or Inf");
                }
                out.writeBytes(call.bytes(index));
            }
            case "string" -> quoted(call.bytes(index), out);
            case "table" -> {
                if (call.length(index) > 0) {
                    list(call, index, out, depth);
                } else {
                    object(call, index, out, depth);
                }
            }
            default -> {
                if (!(call.objectOrNull(index) instanceof Null)) {
                    throw new LuaError("Cannot serialise " + call.typeName(index) + ": type not supported");
                }
                ascii(out, "null");
            }
        }
    }

    private static void list(LuaCall call, int index, ByteArrayOutputStream out, int depth) {
        out.write('[');
        int length = call.length(index);
        for (int i = 1; i <= length; i++) {
            if (i > 1) {
                out.write(',');
            }
            write(call, call.pushIndex(index, i), out, depth + 1);
            call.pop(1);
        }
        out.write(']');
    }

    private static void object(LuaCall call, int index, ByteArrayOutputStream out, int depth) {
        out.write('{');
        int start = out.size();
        call.walk(index, (key, value) -> {
            if (out.size() > start) {
                out.write(',');
            }
            quoted(call.bytes(key), out);
            out.write(':');
            write(call, value, out, depth + 1);
        });
        out.write('}');
    }

    private static void quoted(byte[] text, ByteArrayOutputStream out) {
        out.write('"');
        for (byte b : text) {
            switch (b) {
                case '"' -> ascii(out, "\\\"");
                case '\\' -> ascii(out, "\\\\");
                case '\n' -> ascii(out, "\\n");
                case '\r' -> ascii(out, "\\r");
                case '\t' -> ascii(out, "\\t");
                default -> {
                    if (b >= 0 && b < 0x20) {
                        ascii(out, String.format("\\u%04x", b));
                    } else {
                        out.write(b);
                    }
                }
            }
        }
        out.write('"');
    }

    // ---- decoding

    private static int decode(LuaCall call, byte[] text, @Nullable Object nullValue) {
        Device device = Modules.device(call);
        try (JsonParser parser = FACTORY.createParser(text)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new LuaError("Incomplete json object");
            }
            value(call, parser, first, nullValue, 0);
            JsonToken rest = parser.nextToken();
            if (rest != null) {
                throw new LuaError("Invalid JSON: more text after the value");
            }
            return 1;
        } catch (JsonProcessingException e) {
            throw new LuaError("Invalid JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            device.warn(WarningType.DEVICE_DIFFERENCE, "reading JSON from memory failed: " + e.getMessage());
            throw new LuaError("Invalid JSON");
        }
    }

    private static void value(LuaCall call, JsonParser parser, JsonToken token, @Nullable Object nullValue, int depth)
            throws IOException {
        if (depth > MAX_DEPTH) {
            throw new LuaError("nesting too deep");
        }
        switch (token) {
            case START_OBJECT -> {
                int table = call.newTable();
                while (true) {
                    JsonToken next = parser.nextToken();
                    if (next == JsonToken.END_OBJECT) {
                        return;
                    }
                    String key = parser.currentName();
                    value(call, parser, parser.nextToken(), nullValue, depth + 1);
                    call.setTop(table, key);
                }
            }
            case START_ARRAY -> {
                int table = call.newTable();
                for (int i = 1; ; i++) {
                    JsonToken next = parser.nextToken();
                    if (next == JsonToken.END_ARRAY) {
                        return;
                    }
                    value(call, parser, next, nullValue, depth + 1);
                    call.setTop(table, i);
                }
            }
            case VALUE_STRING -> call.push(parser.getText().getBytes(StandardCharsets.UTF_8));
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> call.push(parser.getDoubleValue());
            case VALUE_TRUE -> call.push(true);
            case VALUE_FALSE -> call.push(false);
            case VALUE_NULL -> {
                if (nullValue == null) {
                    pushNull(call);
                } else {
                    call.pushAny(nullValue);
                }
            }
            default -> throw new LuaError("Invalid JSON: unexpected " + token);
        }
    }
}
