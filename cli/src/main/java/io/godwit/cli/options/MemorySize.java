package io.godwit.cli.options;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;

/** Reads a size in bytes: a number, with k, m or g behind it for the powers of 1,024. */
public final class MemorySize implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        int power = lower.isEmpty() ? -1 : "kmg".indexOf(lower.charAt(lower.length() - 1));
        String digits = power < 0 ? lower : lower.substring(0, lower.length() - 1);
        if (!digits.matches("[0-9]{1,9}")) {
            throw new IllegalArgumentException("'" + text + "' is not a size: use bytes, or 512k, 256m, 1g");
        }
        return Long.parseLong(digits) << 10 * (power + 1);
    }
}
