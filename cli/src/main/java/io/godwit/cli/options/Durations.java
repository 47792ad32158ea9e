package io.godwit.cli.options;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a time: seconds with or without a fraction, or a number with its unit, such as {@code 250ms}, {@code 1.5s}, {@code 2m}, {@code 1h}, {@code 1d}. */
public final class Durations implements ITypeConverter<Duration> {
    private static final Pattern FORM = Pattern.compile("([0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(ms|s|m|h|d)?");
    private static final double LONGEST_SECONDS = 1e9;

    @Override
    public Duration convert(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (form.matches()) {
            double seconds = Double.parseDouble(form.group(1)) * seconds(form.group(2));
            if (seconds <= LONGEST_SECONDS) {
                return Duration.ofNanos(Math.round(seconds * 1e9));
            }
        }
        throw new TypeConversionException(
                "'" + text + "' is not a duration: write seconds, or 250ms, 1.5s, 2m, 1h, 1d");
    }

    private static double seconds(@Nullable String unit) {
        return switch (unit == null ? "s" : unit) {
            case "ms" -> 0.001;
            case "m" -> 60;
            case "h" -> 3_600;
            case "d" -> 86_400;
            default -> 1;
        };
    }
}
