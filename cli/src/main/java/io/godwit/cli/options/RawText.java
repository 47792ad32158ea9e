package io.godwit.cli.options;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Text from outside that keeps each of its bytes: valid UTF-8 is decoded, and each byte that is not becomes a lone surrogate,
 * U+DC80 to U+DCFF, which no valid text contains. So a payload, a password or a line of a file can pass through Java's
 * strings unchanged, and text that must be UTF-8 can be told from text that is not.
 */
public final class RawText {
    private static final char FIRST = '\uDC80';
    private static final char LAST = '\uDCFF';

    private RawText() {}

    /** Decodes bytes; {@link #bytes} gives the same bytes back. */
    public static String decode(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        while (true) {
            CoderResult result = decoder.decode(in, out, true);
            if (!result.isError()) {
                return out.flip().toString();
            }
            for (int i = 0; i < result.length(); i++) {
                out.put((char) (0xDC00 | in.get() & 0xFF));
            }
            decoder.reset();
        }
    }

    /** Decodes a line that was read as ISO 8859-1. */
    public static String ofLatin1(String line) {
        return decode(line.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The bytes of a text. */
    public static byte[] bytes(String text) {
        if (isUtf8(text)) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            if (isByte(text, i)) {
                bytes.writeBytes(text.substring(from, i).getBytes(StandardCharsets.UTF_8));
                bytes.write(text.charAt(i) & 0xFF);
                from = i + 1;
            }
        }
        bytes.writeBytes(text.substring(from).getBytes(StandardCharsets.UTF_8));
        return bytes.toByteArray();
    }

    /** Whether the text was valid UTF-8. */
    public static boolean isUtf8(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isByte(text, i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isByte(String text, int i) {
        char c = text.charAt(i);
        return c >= FIRST && c <= LAST && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
    }
}
