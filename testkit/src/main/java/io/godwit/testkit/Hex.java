package io.godwit.testkit;

import java.util.HexFormat;

/** Bytes as people write them in tests: two hex digits each, spaces anywhere; in expectations {@code ??} is any byte. */
final class Hex {
    private static final HexFormat SPACED = HexFormat.ofDelimiter(" ");
    private static final int SHOWN = 64;

    /** Bytes to compare with; where {@code any} is true, every byte will do. */
    record Pattern(byte[] bytes, boolean[] any) {
        /** The first place where {@code actual} differs, or -1; a missing byte differs. */
        int mismatch(byte[] actual, int length) {
            for (int i = 0; i < bytes.length; i++) {
                if (i >= length || !any[i] && bytes[i] != actual[i]) {
                    return i;
                }
            }
            return -1;
        }

        String show() {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < Math.min(bytes.length, SHOWN); i++) {
                text.append(i == 0 ? "" : " ")
                        .append(any[i] ? "??" : HexFormat.of().toHexDigits(bytes[i]));
            }
            return text + more(bytes.length);
        }
    }

    private Hex() {}

    static byte[] bytes(String hex) {
        String digits = hex.replaceAll("\\s", "");
        try {
            return HexFormat.of().parseHex(digits);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + hex + "' is not hex, two digits a byte: " + e.getMessage(), e);
        }
    }

    static Pattern pattern(String hex) {
        String digits = hex.replaceAll("\\s", "");
        byte[] bytes = bytes(digits.replace("??", "00"));
        boolean[] any = new boolean[bytes.length];
        for (int i = 0; i < any.length; i++) {
            any[i] = digits.charAt(2 * i) == '?';
        }
        return new Pattern(bytes, any);
    }

    static Pattern exactly(byte[] bytes) {
        return new Pattern(bytes, new boolean[bytes.length]);
    }

    static String show(byte[] bytes, int length) {
        return SPACED.formatHex(bytes, 0, Math.min(length, SHOWN)) + more(length);
    }

    private static String more(int length) {
        return length > SHOWN ? " ... (" + length + " bytes)" : "";
    }
}
