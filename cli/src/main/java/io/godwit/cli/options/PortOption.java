package io.godwit.cli.options;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code -p}: a TCP port. */
public final class PortOption extends SharedOption {
    @Option(
            order = 1,
            names = {"-p", "--port"},
            paramLabel = "PORT")
    private @Nullable Integer port;

    public PortOption(String description) {
        super(description);
    }

    /**
     * The port that was given, or null.
     *
     * @throws IllegalArgumentException if it is not a port number
     */
    public @Nullable Integer get() {
        if (port != null && (port < 0 || port > 65_535)) {
            throw new IllegalArgumentException("--port " + port + ": must be 0 to 65535");
        }
        return port;
    }
}
