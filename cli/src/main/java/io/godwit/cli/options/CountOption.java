package io.godwit.cli.options;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code -C}: a number of messages, clients or devices, from 1. */
public final class CountOption extends SharedOption {
    @Option(
            names = {"-C", "--count"},
            paramLabel = "N")
    private @Nullable Long count;

    public CountOption(String description) {
        super(description);
    }

    /**
     * The number that was given, or this one.
     *
     * @throws IllegalArgumentException if a number below 1 was given
     */
    public long or(long usual) {
        if (count != null && count < 1) {
            throw new IllegalArgumentException("--count " + count + ": must be at least 1");
        }
        return count != null ? count : usual;
    }

    /** The same for counts that fit an int. */
    public int intOr(int usual) {
        long number = or(usual);
        if (number > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("--count " + number + ": must be at most " + Integer.MAX_VALUE);
        }
        return (int) number;
    }
}
