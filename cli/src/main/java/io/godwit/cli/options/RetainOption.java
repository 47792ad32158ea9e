package io.godwit.cli.options;

import picocli.CommandLine.Option;

/** {@code -r}: publish retained messages. */
public final class RetainOption extends SharedOption {
    @Option(names = {"-r", "--retain"})
    private boolean retain;

    public RetainOption(String description) {
        super(description);
    }

    public boolean isOn() {
        return retain;
    }
}
