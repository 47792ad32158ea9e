package io.godwit.cli.options;

import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a time: seconds with or without a fraction, or a number with its unit, such as {@code 250ms}, {@code 1.5s}, {@code 2m}, {@code 1h}. */
public final class Durations implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
        String number = text.strip();
        double unit = 1;
        if (number.endsWith("ms")) {
            unit = 0.001;
            number = number.substring(0, number.length() - 2);
        } else if (number.endsWith("s")) {
            number = number.substring(0, number.length() - 1);
        } else if (number.endsWith("m")) {
            unit = 60;
            number = number.substring(0, number.length() - 1);
        } else if (number.endsWith("h")) {
            unit = 3600;
            number = number.substring(0, number.length() - 1);
        }
        try {
            double seconds = Double.parseDouble(number) * unit;
            if (seconds >= 0 && seconds <= 1e9) {
                return Duration.ofNanos(Math.round(seconds * 1e9));
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new TypeConversionException("'" + text + "' is not a duration: write seconds, or 250ms, 1.5s, 2m, 1h");
    }
}
