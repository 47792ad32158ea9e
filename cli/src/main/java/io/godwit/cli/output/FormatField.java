package io.godwit.cli.output;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Width, precision and padding of one sequence, byte for byte as mosquitto_sub 2.0 writes it, which for payloads is not what
 * printf does: the width cuts off too, the precision counts for nothing.
 *
 * @param width 0: none
 * @param precision -1: none
 */
record FormatField(boolean left, char pad, int width, int precision) {
    /** A text. Its widths count bytes. */
    void string(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        padded(out, precision >= 0 && precision < bytes.length ? Arrays.copyOf(bytes, precision) : bytes, ' ');
    }

    void number(ByteArrayOutputStream out, long number) {
        padded(out, Long.toString(number).getBytes(StandardCharsets.US_ASCII), left ? ' ' : pad);
    }

    /** What stands for a property that the message lacks. */
    void blank(ByteArrayOutputStream out, char filler) {
        fill(out, width, filler);
    }

    void payload(ByteArrayOutputStream out, byte[] payload) {
        byte[] shown = width > 0 && payload.length > width ? Arrays.copyOf(payload, width) : payload;
        payload(out, shown, width > 0 ? width - shown.length : payload.length);
    }

    void hex(ByteArrayOutputStream out, byte[] payload, HexFormat digits) {
        int bytes = width > 0 ? Math.min(payload.length, width) / 2 : payload.length;
        byte[] shown = digits.formatHex(payload, 0, bytes).getBytes(StandardCharsets.US_ASCII);
        payload(out, shown, width > 0 ? width - shown.length : payload.length);
    }

    /** @param missing up to the width; without one, as many blanks as there are bytes follow where it is left-aligned */
    private void payload(ByteArrayOutputStream out, byte[] shown, int missing) {
        if (!left && width > 0) {
            fill(out, missing, pad);
        }
        out.writeBytes(shown);
        if (left) {
            fill(out, missing, ' ');
        }
    }

    private void padded(ByteArrayOutputStream out, byte[] bytes, char filler) {
        if (!left) {
            fill(out, width - bytes.length, filler);
        }
        out.writeBytes(bytes);
        if (left) {
            fill(out, width - bytes.length, ' ');
        }
    }

    private static void fill(ByteArrayOutputStream out, int count, char filler) {
        for (int i = 0; i < count; i++) {
            out.write(filler);
        }
    }
}
