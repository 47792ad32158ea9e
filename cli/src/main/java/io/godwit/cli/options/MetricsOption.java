package io.godwit.cli.options;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --metrics}: what the clients of a command count, for Prometheus. */
public final class MetricsOption {
    @Option(
            names = "--metrics",
            paramLabel = "PORT",
            description = "Serve what is counted to Prometheus, on this port of 127.0.0.1; 0 for a free one.")
    private @Nullable Integer port;

    /**
     * The port to serve on, 0 for a free one; null: none.
     *
     * @throws IllegalArgumentException if it is not a port
     */
    public @Nullable Integer port() {
        if (port != null && (port < 0 || port > 65_535)) {
            throw new IllegalArgumentException("invalid --metrics " + port + ": must be a port, 0 to 65535");
        }
        return port;
    }
}
