package io.godwit.cli.options;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code -M}: how many messages of QoS 1 and 2 may be in flight. */
public final class InFlightOption extends SharedOption {
    @Option(
            names = {"-M", "--max-inflight"},
            paramLabel = "N")
    private @Nullable Integer inFlight;

    public InFlightOption(String description) {
        super(description);
    }

    /**
     * The number that was given, or this one.
     *
     * @throws IllegalArgumentException if the number is not one of the standard [MQTT-3.1.2.11.3]
     */
    public int or(int usual) {
        int most = inFlight != null ? inFlight : usual;
        if (most < 1 || most > 65_535) {
            throw new IllegalArgumentException("--max-inflight " + most + ": must be 1 to 65535");
        }
        return most;
    }
}
