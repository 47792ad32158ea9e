package io.godwit.plot;

import java.util.Locale;

/** What all plots write in the same way: numbers and text. */
public final class Svg {
    private Svg() {}

    /** The text as it may stand in SVG and HTML, in attributes too. */
    public static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** A coordinate. */
    static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    /** The attributes of a rectangle. */
    static String box(double left, double top, double right, double bottom) {
        return " x=\"" + number(left) + "\" y=\"" + number(top) + "\" width=\"" + number(Math.max(0, right - left))
                + "\" height=\"" + number(Math.max(0, bottom - top)) + "\"";
    }
}
