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

    /** The limit that was given, or null. */
    public @Nullable Duration get() {
        return timeout;
    }

    /** The limit that was given, or this one. */
    public Duration or(Duration usual) {
        return timeout != null ? timeout : usual;
    }
}
