package io.godwit.cli.bench;

import java.util.SplittableRandom;

/**
 * How long the payloads are: all the same, or evenly spread over a range.
 *
 * @param least bytes of the shortest
 * @param most bytes of the longest
 */
public record PayloadSizes(int least, int most) {
    private static final int LARGEST = 256 * 1024 * 1024 - 64 * 1024;

    public PayloadSizes {
        if (least < 0 || most < least || most > LARGEST) {
            throw new IllegalArgumentException("payloads of " + least + " to " + most + " bytes: write a number up to "
                    + LARGEST + ", or FROM-TO");
        }
    }

    /** Reads {@code 256}, {@code 4k}, {@code 1M}, or a range such as {@code 64-4k}. */
    public static PayloadSizes parse(String text) {
        int dash = text.indexOf('-');
        if (dash < 0) {
            int size = bytes(text, text);
            return new PayloadSizes(size, size);
        }
        return new PayloadSizes(bytes(text.substring(0, dash), text), bytes(text.substring(dash + 1), text));
    }

    private static int bytes(String part, String whole) {
        String number = part.strip();
        int unit = 1;
        if (number.endsWith("k") || number.endsWith("K")) {
            unit = 1024;
        } else if (number.endsWith("M")) {
            unit = 1024 * 1024;
        }
        try {
            return Math.multiplyExact(
                    Integer.parseInt(unit == 1 ? number : number.substring(0, number.length() - 1)), unit);
        } catch (ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException(
                    "'" + whole + "' is not a payload size: write bytes such as 256, 4k, 1M, or a range such as 64-4k",
                    e);
        }
    }

    int next(SplittableRandom random) {
        return least == most ? least : random.nextInt(least, most + 1);
    }

    /** For people. */
    String text() {
        return least == most ? String.valueOf(least) : least + "-" + most;
    }
}
