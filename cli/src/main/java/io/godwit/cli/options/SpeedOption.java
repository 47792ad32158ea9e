package io.godwit.cli.options;

import picocli.CommandLine.Option;

/** {@code --speed}: a factor above 0. */
public final class SpeedOption extends SharedOption {
    @Option(names = "--speed", paramLabel = "X")
    private double speed = 1;

    public SpeedOption(String description) {
        super(description);
    }

    /**
     * The factor, 1 unless given.
     *
     * @throws IllegalArgumentException unless it is above 0
     */
    public double value() {
        if (!(speed > 0) || speed > 1e9) {
            throw new IllegalArgumentException("--speed " + speed + ": must be greater than 0, such as 2 or 0.5");
        }
        return speed;
    }
}
