package io.godwit.cli.output;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Width, precision and padding of one sequence, byte for byte as mosquitto_sub 2.0 writes it, which for payloads is not what
 * printf does: the width cuts off too, the precision counts for nothing. But in hex, as in mosquitto_sub 2.1, the precision
 * is how many digits stand between two separators.
 *
 * @param width 0: none
 * @param precision -1: none
 * @param separator of hex digits
 */
record FormatField(boolean left, char pad, int width, int precision, char separator) {
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
        byte[] shown = separated(digits.formatHex(payload, 0, bytes)).getBytes(StandardCharsets.US_ASCII);
        payload(out, shown, width > 0 ? width - shown.length : payload.length);
    }

    private String separated(String hex) {
        if (precision <= 0) {
            return hex;
        }
        StringBuilder text = new StringBuilder(hex.length() * 2);
        for (int i = 0; i < hex.length(); i += precision) {
            text.append(i == 0 ? "" : String.valueOf(separator)).append(hex, i, Math.min(hex.length(), i + precision));
        }
        return text.toString();
    }

    /** A number with a fraction: six digits unless the precision says otherwise, as printf's. */
    void decimal(ByteArrayOutputStream out, double number) {
        boolean zeros = pad == '0' && !left && width > 0 && Double.isFinite(number);
        String form = "%" + (zeros ? "0" + width : "") + "." + (precision < 0 ? 6 : precision) + "f";
        String text = Double.isFinite(number)
                ? String.format(Locale.ROOT, form, number)
                : Double.isNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
        padded(out, text.getBytes(StandardCharsets.US_ASCII), ' ');
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
