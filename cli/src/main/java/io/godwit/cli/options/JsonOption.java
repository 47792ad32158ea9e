package io.godwit.cli.options;

import picocli.CommandLine.Option;

/** {@code --json}: output for programs. */
public final class JsonOption extends SharedOption {
    @Option(names = "--json")
    private boolean json;

    public JsonOption(String description) {
        super(description);
    }

    public boolean isOn() {
        return json;
    }
}
