package io.godwit.nodemcu.lua.module;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaError;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;

/**
 * Decodes JSON into tables of a script. A string of a script is any bytes, so the text is parsed with one character for
 * each byte; only escapes become UTF-8.
 */
final class JsonReader {

    private static final JsonFactory FACTORY = new JsonFactory();

    private final LuaCall call;
    private final JsonParser parser;
    private final JsonOptions options;
    /** The keys from the root to the table in hand: Double or byte[]. */
    private final ArrayDeque<Object> path = new ArrayDeque<>();

    private JsonReader(LuaCall call, JsonParser parser, JsonOptions options) {
        this.call = call;
        this.parser = parser;
        this.options = options;
    }

    /** Pushes the decoded value. */
    static int decode(LuaCall call, byte[] text, JsonOptions options) {
        String characters = new String(withoutEscapes(text), StandardCharsets.ISO_8859_1);
        try (JsonParser parser = FACTORY.createParser(characters)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new LuaError("Incomplete json object");
            }
            JsonReader reader = new JsonReader(call, parser, options);
            if (!reader.value(first, 0)) {
                call.pushNil();
            }
            if (parser.nextToken() != null) {
                throw new LuaError("Invalid JSON: more text after the value");
            }
            return 1;
        } catch (JsonProcessingException e) {
            throw new LuaError("Invalid JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new LuaError("Invalid JSON: " + e.getMessage());
        }
    }

    /** Replaces the escapes of characters beyond ASCII by their UTF-8 bytes. */
    private static byte[] withoutEscapes(byte[] text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length);
        int i = 0;
        while (i < text.length) {
            int unit = text[i] == '\\' ? unit(text, i) : -1;
            if (unit < 0x80) {
                // An escaped backslash must not be taken for the start of the next escape.
                int length = text[i] == '\\' && i + 1 < text.length ? 2 : 1;
                out.write(text, i, length);
                i += length;
                continue;
            }
            i += 6;
            int low = Character.isHighSurrogate((char) unit) ? unit(text, i) : -1;
            if (low >= 0 && Character.isLowSurrogate((char) low)) {
                i += 6;
                out.writeBytes(Character.toString(Character.toCodePoint((char) unit, (char) low))
                        .getBytes(StandardCharsets.UTF_8));
            } else {
                out.writeBytes(String.valueOf((char) unit).getBytes(StandardCharsets.UTF_8));
            }
        }
        return out.toByteArray();
    }

    /** The number of an escape with four digits at a place, or -1. */
    private static int unit(byte[] text, int at) {
        if (at + 6 > text.length || text[at] != '\\' || text[at + 1] != 'u') {
            return -1;
        }
        int unit = 0;
        for (int i = at + 2; i < at + 6; i++) {
            int digit = Character.digit(text[i], 16);
            if (digit < 0) {
                return -1;
            }
            unit = unit << 4 | digit;
        }
        return unit;
    }

    private static byte[] bytes(String characters) {
        return characters.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Pushes a value, or consumes it and returns false if the script's {@code checkpath} does not want it. */
    private boolean value(JsonToken token, int depth) throws IOException {
        if (depth > options.depth()) {
            throw new LuaError("nesting too deep");
        }
        switch (token) {
            case START_OBJECT, START_ARRAY -> {
                return table(token == JsonToken.START_ARRAY, depth);
            }
            case VALUE_STRING -> call.push(bytes(parser.getText()));
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> call.push(parser.getDoubleValue());
            case VALUE_TRUE -> call.push(true);
            case VALUE_FALSE -> call.push(false);
            case VALUE_NULL -> {
                byte[] text = options.nullText();
                if (text == null) {
                    JsonModules.pushNull(call);
                } else {
                    call.push(text);
                }
            }
            default -> throw new LuaError("Invalid JSON: unexpected " + token);
        }
        return true;
    }

    private boolean table(boolean isList, int depth) throws IOException {
        int table = call.newTable();
        if (options.metatable() != null && !isWanted(table)) {
            parser.skipChildren();
            call.pop(1);
            return false;
        }
        for (int i = 1; ; i++) {
            JsonToken next = parser.nextToken();
            if (next == JsonToken.END_OBJECT || next == JsonToken.END_ARRAY) {
                return true;
            }
            Object key = isList ? (Object) (double) i : bytes(parser.currentName());
            path.addLast(key);
            boolean wanted = value(isList ? next : parser.nextToken(), depth + 1);
            path.removeLast();
            if (wanted) {
                call.assignTop(table, key);
            }
        }
    }

    /** Gives the new table its metatable, and asks that one's {@code checkpath} whether to keep the table. */
    private boolean isWanted(int table) {
        call.pushAny(options.metatable());
        int metatable = call.count();
        call.setMetatable(table, metatable);
        int check = call.pushField(metatable, "checkpath");
        boolean wanted = true;
        if (call.isFunction(check)) {
            call.pushCopy(table);
            int keys = call.newTable();
            int position = 0;
            for (Object key : path) {
                call.set(keys, ++position, key);
            }
            call.invoke(2, 1);
            wanted = call.truth(call.count());
        }
        call.pop(2);
        return wanted;
    }
}
