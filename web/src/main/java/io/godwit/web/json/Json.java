package io.godwit.web.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
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

    /** What writes JSON to a text. */
    public static JsonGenerator generator(Writer text) throws IOException {
        return JSON.createGenerator(text);
    }

    /** What reads JSON from a text. */
    public static JsonParser parser(String text) throws IOException {
        return JSON.createParser(text);
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
