package io.godwit.web.decode;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import io.godwit.web.json.Json;
import java.io.IOException;
import java.io.StringWriter;

/** JSON as JSON: checks it, lays it out, and leaves its numbers as they were written. */
final class JsonText implements Decoder {
    private static final DefaultIndenter TWO_SPACES = new DefaultIndenter("  ", "\n");

    @Override
    public void decode(byte[] payload, JsonGenerator json) throws IOException, NotDecodableException {
        try (JsonParser in = Json.parser(payload)) {
            int depth = 0;
            JsonToken token = in.nextToken();
            if (token == null) {
                throw new NotDecodableException("the payload is empty");
            }
            do {
                copy(in, token, json);
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                token = in.nextToken();
            } while (depth > 0 && token != null);
            if (token != null) {
                throw new NotDecodableException("more follows after the JSON value");
            }
        } catch (JsonProcessingException e) {
            long at = e.getLocation() == null ? 0 : e.getLocation().getByteOffset();
            throw new NotDecodableException("byte " + Math.max(0, at) + ": " + e.getOriginalMessage());
        }
    }

    private static void copy(JsonParser in, JsonToken token, JsonGenerator json) throws IOException {
        switch (token) {
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> json.writeNumber(in.getText());
            default -> json.copyCurrentEvent(in);
        }
    }

    /** Runs the decoder and lays its JSON out over lines. */
    static String of(Decoder decoder, byte[] payload) throws IOException, NotDecodableException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = Json.generator(text)) {
            DefaultPrettyPrinter printer = new DefaultPrettyPrinter(Separators.createDefaultInstance()
                    .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                    .withObjectEmptySeparator("")
                    .withArrayEmptySeparator(""));
            printer.indentArraysWith(TWO_SPACES);
            printer.indentObjectsWith(TWO_SPACES);
            json.setPrettyPrinter(printer);
            // What is written when it fails half way is thrown away.
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_JSON_CONTENT);
            decoder.decode(payload, json);
        }
        return text.toString();
    }
}
