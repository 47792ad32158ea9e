package io.godwit.cli.options;

import picocli.CommandLine.Option;

/** {@code -v}: more output. */
public final class VerboseOption extends SharedOption {
    @Option(names = {"-v", "--verbose"})
    private boolean verbose;

    public VerboseOption(String description) {
        super(description);
    }

    public boolean isOn() {
        return verbose;
    }
}
