package io.godwit.cli.options;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --duration}: how long something takes. */
public final class DurationOption extends SharedOption {
    @Option(names = "--duration", paramLabel = "TIME", converter = Durations.class)
    private @Nullable Duration duration;

    public DurationOption(String description) {
        super(description);
    }

    /** The duration that was given, or null. */
    public @Nullable Duration get() {
        return duration;
    }
}
