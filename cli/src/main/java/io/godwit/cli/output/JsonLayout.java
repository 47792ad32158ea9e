package io.godwit.cli.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;

/** Lays JSON out anew: on one line, or over several for people. */
public final class JsonLayout {
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();

    private JsonLayout() {}

    /** The same JSON value laid out, or null when the bytes are no JSON value, or more than one. */
    public static @Nullable String of(byte[] bytes, boolean pretty) {
        StringWriter text = new StringWriter();
        try (JsonParser in = JSON.createParser(bytes);
                JsonGenerator out = JSON.createGenerator(text)) {
            if (pretty) {
                DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
                printer.indentArraysWith(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE);
                out.setPrettyPrinter(printer);
            }
            if (in.nextToken() == null) {
                return null;
            }
            out.copyCurrentStructureExact(in);
            if (in.nextToken() != null) {
                return null;
            }
        } catch (IOException e) {
            return null;
        }
        return text.toString();
    }
}
