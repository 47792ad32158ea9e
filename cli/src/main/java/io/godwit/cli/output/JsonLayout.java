package io.godwit.cli.output;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import io.godwit.web.json.Json;
import java.io.IOException;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;

/** Formats JSON again: on one line, or over several. */
public final class JsonLayout {
    private JsonLayout() {}

    /** The same JSON value formatted, or null if the bytes are not exactly one JSON value. */
    public static @Nullable String of(byte[] bytes, boolean pretty) {
        StringWriter text = new StringWriter();
        try (JsonParser in = Json.parser(bytes);
                JsonGenerator out = Json.generator(text)) {
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
