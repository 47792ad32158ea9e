package io.godwit.nodemcu.lua.device;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 200ms}, {@code 10s}, {@code 1.5m}, {@code 2h}, {@code 1d}. */
public final class Durations {

    private static final Pattern FORM = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(ms|s|m|min|h|d)?");

    private Durations() {}

    /**
     * Reads a duration; a bare number means seconds.
     *
     * @throws IllegalArgumentException if it is not a duration; the message lists the forms
     */
    public static Duration parse(String text) {
        Matcher matcher = FORM.matcher(text.trim());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a duration: must be like 200ms, 10s, 5m, 2h or 1d");
        }
        double number = Double.parseDouble(matcher.group(1));
        String unit = matcher.group(2) == null ? "s" : matcher.group(2);
        double seconds = switch (unit) {
            case "ms" -> number / 1000;
            case "m", "min" -> number * 60;
            case "h" -> number * 3600;
            case "d" -> number * 86400;
            default -> number;
        };
        return Duration.ofNanos((long) (seconds * 1e9));
    }

    /** A duration after which something happens again: it must not be zero. */
    static Duration period(String text) {
        Duration period = parse(text);
        if (period.compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException("'" + text + "' would never let time pass: must be at least 1ms");
        }
        return period;
    }

    static double seconds(String text) {
        return period(text).toNanos() / 1e9;
    }
}
