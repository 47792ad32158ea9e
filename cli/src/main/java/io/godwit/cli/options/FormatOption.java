package io.godwit.cli.options;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code -F}: the format of printed messages. */
public final class FormatOption extends SharedOption {
    @Option(
            names = {"-F", "--format"},
            paramLabel = "FORMAT")
    private @Nullable String format;

    public FormatOption(String description) {
        super(description);
    }

    /** The format that was given, or null. */
    public @Nullable String get() {
        return format;
    }
}
