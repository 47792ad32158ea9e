package io.godwit.cli.options;

import picocli.CommandLine.Option;

/** {@code -R}: skip retained messages. */
public final class NoRetainedOption extends SharedOption {
    @Option(names = {"-R", "--no-retained"})
    private boolean noRetained;

    public NoRetainedOption(String description) {
        super(description);
    }

    public boolean isOn() {
        return noRetained;
    }
}
