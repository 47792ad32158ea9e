package io.godwit.cli.output;

import java.nio.charset.StandardCharsets;

/**
 * Text from outside (topics, payloads, reason strings, certificate subjects) as a terminal may show it: control characters,
 * escape sequences, bidirectional marks, line breaks and lone surrogates become escapes of JSON, which change nothing on
 * the screen and stay valid inside of JSON strings.
 */
public final class Printable {
    private Printable() {}

    /** The text on one line. */
    public static String line(String text) {
        return escape(text, false);
    }

    /** The same, with its line breaks and tabs left: for payloads and for JSON over several lines. */
    public static String lines(String text) {
        return escape(text, true);
    }

    /** The same for bytes; what is not UTF-8 becomes U+FFFD. */
    static byte[] lines(byte[] bytes) {
        return lines(new String(bytes, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
    }

    /** Lines for standard output: escaped where that is a terminal. */
    public static byte[] shown(byte[] bytes, Terminal terminal) {
        return terminal.outIsTerminal() ? lines(bytes) : bytes;
    }

    private static String escape(String text, boolean breaks) {
        int i = 0;
        while (i < text.length() && isPlain(text, i, breaks)) {
            i++;
        }
        if (i == text.length()) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + 16).append(text, 0, i);
        for (; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isPlain(text, i, breaks)) {
                out.append(c);
                continue;
            }
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> out.append(String.format("\\u%04x", (int) c));
            }
        }
        return out.toString();
    }

    private static boolean isPlain(String text, int i, boolean breaks) {
        char c = text.charAt(i);
        if (breaks && (c == '\n' || c == '\t')) {
            return true;
        }
        if (Character.isSurrogate(c)) {
            return Character.isHighSurrogate(c)
                    ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                    : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
        }
        return !isControl(c) && !isMark(c);
    }

    /** C0, DEL and C1. */
    static boolean isControl(char c) {
        return c < ' ' || c >= 0x7F && c < 0xA0;
    }

    /** What reorders text, or breaks lines without being a control character. */
    private static boolean isMark(char c) {
        return c == 0x061C
                || c == 0x200E
                || c == 0x200F
                || c >= 0x2028 && c <= 0x202E
                || c >= 0x2066 && c <= 0x2069
                || c == 0xFEFF;
    }
}
