package io.godwit.cli.options;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code -W}: a time limit. */
public final class TimeoutOption extends SharedOption {
    @Option(
            names = {"-W", "--timeout"},
            paramLabel = "TIME",
            converter = Durations.class)
    private @Nullable Duration timeout;

    public TimeoutOption(String description) {
        super(description);
    }

    /**
     * The limit that was given, or null.
     *
     * @throws IllegalArgumentException if it is 0
     */
    public @Nullable Duration get() {
        if (timeout != null && timeout.isZero()) {
            throw new IllegalArgumentException("--timeout 0: must be greater than 0");
        }
        return timeout;
    }

    /** The limit that was given, or this one. */
    public Duration or(Duration usual) {
        Duration given = get();
        return given != null ? given : usual;
    }
}
