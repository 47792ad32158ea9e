package io.godwit.cli.output;

import io.godwit.cli.output.Terminal.Colour;
import io.godwit.web.json.Utf8Text;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** How payloads are shown. */
public enum PayloadStyle {
    /** As on the wire when piped; on a terminal as text where it is text, else in hex. */
    auto,
    /** The bytes themselves, as mosquitto_sub does. */
    raw,
    /** As UTF-8; what is not, and control characters, become U+FFFD. */
    text,
    /** In hexadecimal. */
    hex,
    /** In Base64. */
    base64,
    /** JSON over several lines; what is no JSON, as text. */
    json;

    /** Appends the payload in this style. */
    public void append(ByteArrayOutputStream line, byte[] payload, Terminal terminal) {
        switch (this) {
            case raw -> line.writeBytes(payload);
            case hex -> add(line, HexFormat.of().formatHex(payload));
            case base64 -> add(line, Base64.getEncoder().encodeToString(payload));
            case text -> add(line, Printable.lines(new String(payload, StandardCharsets.UTF_8)));
            case json -> {
                String pretty = JsonLayout.of(payload, true);
                add(
                        line,
                        pretty != null
                                ? Printable.lines(pretty)
                                : Printable.lines(new String(payload, StandardCharsets.UTF_8)));
            }
            case auto -> {
                if (!terminal.outIsTerminal()) {
                    line.writeBytes(payload);
                } else if (isText(payload)) {
                    line.writeBytes(Printable.lines(payload));
                } else {
                    add(
                            line,
                            terminal.shown(Colour.FAINT, "hex ")
                                    + HexFormat.of().formatHex(payload));
                }
            }
        }
    }

    private static void add(ByteArrayOutputStream line, String text) {
        line.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether the payload is text that a terminal can show. */
    public static boolean isText(byte[] payload) {
        @Nullable String text = Utf8Text.of(payload);
        return text != null && text.chars().noneMatch(c -> isControl((char) c));
    }

    private static boolean isControl(char c) {
        return Printable.isControl(c) && c != '\n' && c != '\t' && c != '\r';
    }
}
