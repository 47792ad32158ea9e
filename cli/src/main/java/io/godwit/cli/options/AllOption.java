package io.godwit.cli.options;

import picocli.CommandLine.Option;

/** {@code --all}: everything there is. */
public final class AllOption extends SharedOption {
    @Option(names = "--all")
    private boolean all;

    public AllOption(String description) {
        super(description);
    }

    public boolean isOn() {
        return all;
    }
}
