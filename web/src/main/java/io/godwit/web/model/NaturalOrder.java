package io.godwit.web.model;

/** Compares names as people sort them: digits as numbers, so that {@code d9} is before {@code d10}; capitals as small letters. */
public final class NaturalOrder {
    private NaturalOrder() {}

    public static int compare(String a, String b) {
        int i = 0;
        int j = 0;
        while (i < a.length() && j < b.length()) {
            char c = a.charAt(i);
            char d = b.charAt(j);
            if (isDigit(c) && isDigit(d)) {
                int endOfA = endOfDigits(a, i);
                int endOfB = endOfDigits(b, j);
                int order = compareDigits(a, i, endOfA, b, j, endOfB);
                if (order != 0) {
                    return order;
                }
                i = endOfA;
                j = endOfB;
            } else {
                int order = Character.compare(Character.toLowerCase(c), Character.toLowerCase(d));
                if (order != 0) {
                    return order;
                }
                i++;
                j++;
            }
        }
        int order = Integer.compare(a.length() - i, b.length() - j);
        return order != 0 ? order : a.compareTo(b);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static int endOfDigits(String text, int from) {
        int end = from;
        while (end < text.length() && isDigit(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static int compareDigits(String a, int from, int to, String b, int start, int end) {
        int i = from;
        int j = start;
        while (i < to - 1 && a.charAt(i) == '0') {
            i++;
        }
        while (j < end - 1 && b.charAt(j) == '0') {
            j++;
        }
        int order = Integer.compare(to - i, end - j);
        while (order == 0 && i < to) {
            order = Character.compare(a.charAt(i++), b.charAt(j++));
        }
        return order;
    }
}
