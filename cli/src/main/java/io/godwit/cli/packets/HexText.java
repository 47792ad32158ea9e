package io.godwit.cli.packets;

import java.io.ByteArrayOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads bytes from hexadecimal as people have it: digits with or without blanks, colons, commas and {@code 0x}; lines of a
 * dump with an offset before and characters behind, as {@code xxd}, {@code hexdump -C} and {@link HexDump} write them.
 */
public final class HexText {
    /** An offset, then hex in small groups, then, behind two blanks or a bar, characters. */
    private static final Pattern DUMP = Pattern.compile("^\\s*\\p{XDigit}{4,16}(?::\\s+|\\s{2,})(.*)$");

    private static final int DUMP_WIDTH = 16;

    private HexText() {}

    /**
     * Appends the bytes of a line.
     *
     * @throws IllegalArgumentException if it is not hexadecimal; the message says what is wrong
     */
    public static void append(ByteArrayOutputStream bytes, String line) {
        Matcher dump = DUMP.matcher(line);
        if (dump.matches()) {
            appendDigits(bytes, dump.group(1).split("\\s{3,}|\\|", 2)[0], DUMP_WIDTH);
        } else {
            appendDigits(bytes, line.replaceAll("0[xX](?=\\p{XDigit})", " "), Integer.MAX_VALUE);
        }
    }

    private static void appendDigits(ByteArrayOutputStream bytes, String text, int most) {
        int high = -1;
        int left = most;
        for (int i = 0; i < text.length() && left > 0; i++) {
            char c = text.charAt(i);
            int digit = Character.digit(c, 16);
            if (digit < 0 && !Character.isWhitespace(c) && ":,-;".indexOf(c) < 0) {
                throw new IllegalArgumentException("'" + c + "' is not a hexadecimal digit");
            }
            if (digit < 0) {
                if (high >= 0) {
                    throw new IllegalArgumentException("a byte has two digits; '" + text.charAt(i - 1) + "' is alone");
                }
            } else if (high < 0) {
                high = digit;
            } else {
                bytes.write(high << 4 | digit);
                high = -1;
                left--;
            }
        }
        if (high >= 0) {
            throw new IllegalArgumentException("the number of digits is odd");
        }
    }
}
