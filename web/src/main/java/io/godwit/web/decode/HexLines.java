package io.godwit.web.decode;

import java.util.HexFormat;

/** Bytes as lines of offset, 16 bytes in hexadecimal, and characters. */
final class HexLines {
    private static final int WIDTH = 16;

    private HexLines() {}

    static String of(byte[] bytes) {
        HexFormat hex = HexFormat.of();
        StringBuilder text = new StringBuilder(bytes.length / WIDTH * 78 + 80);
        for (int start = 0; start < bytes.length; start += WIDTH) {
            text.append(hex.toHexDigits(start, 8)).append("  ");
            int end = Math.min(bytes.length, start + WIDTH);
            for (int i = start; i < start + WIDTH; i++) {
                if (i < end) {
                    hex.toHexDigits(text, bytes[i]);
                    text.append(' ');
                } else {
                    text.append("   ");
                }
                if (i == start + WIDTH / 2 - 1) {
                    text.append(' ');
                }
            }
            text.append(' ');
            for (int i = start; i < end; i++) {
                text.append(bytes[i] >= ' ' && bytes[i] < 0x7F ? (char) bytes[i] : '.');
            }
            text.append('\n');
        }
        return text.toString();
    }
}
