package io.godwit.cli.options;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code --stats} and {@code --metrics}: what the clients of a command count, live. */
public final class StatisticsOptions {
    @Option(names = "--stats", description = "Print what is counted on standard error, each second.")
    private boolean stats;

    @Mixin
    private MetricsOption metrics = new MetricsOption();

    public boolean isPrinted() {
        return stats;
    }

    /** The port to serve on, 0 for a free one; null: none. */
    public @Nullable Integer port() {
        return metrics.port();
    }
}
