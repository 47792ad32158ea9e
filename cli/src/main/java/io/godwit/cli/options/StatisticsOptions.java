package io.godwit.cli.options;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --stats} and {@code --metrics}: what the client counts, live. */
public final class StatisticsOptions {
    @Option(names = "--stats", description = "Print what the client counts on standard error, each second.")
    private boolean stats;

    @Option(
            names = "--metrics",
            paramLabel = "PORT",
            description = "Serve what the client counts to Prometheus, on this port of 127.0.0.1.")
    private @Nullable Integer port;

    public boolean isPrinted() {
        return stats;
    }

    /** The port to serve on, 0 for a free one; null: none. */
    public @Nullable Integer port() {
        if (port != null && (port < 0 || port > 65_535)) {
            throw new IllegalArgumentException("invalid --metrics " + port + ": must be a port, 0 to 65535");
        }
        return port;
    }
}
