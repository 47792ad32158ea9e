package io.godwit.web.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads and writes JSON: the one place that knows how. */
public final class Json {
    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .characterEscapes(new LowerCaseEscapes())
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            // the largest payload of MQTT, in Base64
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxStringLength(400_000_000).build())
            .build();

    private Json() {}

    /** Writes the members of an object. */
    public interface Members {
        void write(JsonGenerator json) throws IOException;
    }

    /** An object on one line. */
    public static String object(Members members) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = generator(text)) {
            json.writeStartObject();
            members.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a string takes everything
        }
        return text.toString();
    }

    /** Writes strings, numbers, booleans, lists and maps as {@link #map} reads them. */
    public static String text(Map<String, ?> map) {
        return object(json -> {
            for (Map.Entry<String, ?> each : map.entrySet()) {
                json.writeFieldName(each.getKey());
                write(each.getValue(), json);
            }
        });
    }

    private static void write(Object value, JsonGenerator json) throws IOException {
        if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            for (Map.Entry<?, ?> each : map.entrySet()) {
                json.writeFieldName(String.valueOf(each.getKey()));
                write(each.getValue(), json);
            }
            json.writeEndObject();
        } else if (value instanceof List<?> list) {
            json.writeStartArray();
            for (Object each : list) {
                write(each, json);
            }
            json.writeEndArray();
        } else if (value instanceof Number number) {
            json.writeNumber(number.toString());
        } else if (value instanceof Boolean truth) {
            json.writeBoolean(truth);
        } else {
            json.writeString(value.toString());
        }
    }

    /** A string in quotes. */
    public static String quoted(String text) {
        StringWriter quoted = new StringWriter(text.length() + 2);
        try (JsonGenerator json = generator(quoted)) {
            json.writeString(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a string takes everything
        }
        return quoted.toString();
    }

    /** What writes JSON to a text. */
    public static JsonGenerator generator(Writer text) throws IOException {
        return JSON.createGenerator(text);
    }

    /** What reads JSON from a text. */
    public static JsonParser parser(String text) throws IOException {
        return JSON.createParser(text);
    }

    /**
     * An object as a map of strings, numbers, booleans, nulls (which are left out), lists and maps.
     *
     * @throws IllegalArgumentException if the text is not one JSON object
     */
    public static Map<String, Object> map(String text) {
        try (JsonParser in = parser(text)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("must be a JSON object");
            }
            Map<String, Object> map = members(in);
            if (in.nextToken() != null) {
                throw new IllegalArgumentException("more follows after the JSON object");
            }
            return map;
        } catch (IOException e) {
            throw new IllegalArgumentException("invalid JSON: " + e.getMessage(), e);
        }
    }

    /** Recurses by nesting, which the parser limits. */
    private static Map<String, Object> members(JsonParser in) throws IOException {
        Map<String, Object> map = new LinkedHashMap<>();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            in.nextToken();
            Object value = value(in);
            if (value != null) {
                map.put(name, value);
            }
        }
        return map;
    }

    private static @Nullable Object value(JsonParser in) throws IOException {
        return switch (in.currentToken()) {
            case START_OBJECT -> members(in);
            case START_ARRAY -> {
                List<Object> list = new ArrayList<>();
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    Object value = value(in);
                    list.add(value == null ? "" : value);
                }
                yield list;
            }
            case VALUE_STRING -> in.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> in.getNumberValue();
            case VALUE_TRUE -> Boolean.TRUE;
            case VALUE_FALSE -> Boolean.FALSE;
            default -> null;
        };
    }

    /** What reads JSON from bytes. */
    public static JsonParser parser(byte[] bytes) throws IOException {
        return JSON.createParser(bytes);
    }

    /** Control characters as cJSON and so mosquitto_sub write them: with lower-case digits. */
    private static final class LowerCaseEscapes extends CharacterEscapes {
        private static final long serialVersionUID = 1;

        private final int[] escapes = standardAsciiEscapesForJSON();

        LowerCaseEscapes() {
            for (int c = 0; c < ' '; c++) {
                if (escapes[c] == ESCAPE_STANDARD) {
                    escapes[c] = ESCAPE_CUSTOM;
                }
            }
        }

        @Override
        public int[] getEscapeCodesForAscii() {
            return escapes;
        }

        @Override
        public @Nullable SerializableString getEscapeSequence(int c) {
            return c < ' ' ? new SerializedString(String.format("\\u%04x", c)) : null;
        }
    }
}
