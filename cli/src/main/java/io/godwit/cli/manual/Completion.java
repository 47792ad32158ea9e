package io.godwit.cli.manual;

import picocli.AutoComplete;
import picocli.CommandLine;

/** The shells that can complete what is typed after {@code godwit}. */
public enum Completion {
    bash,
    zsh,
    fish;

    /** The script that teaches this shell all commands and options of {@code line}. */
    public String script(CommandLine line) {
        return switch (this) {
            case bash ->
                NamesOfConnections.wrapped(line.getCommandName(), AutoComplete.bash(line.getCommandName(), line));
            case zsh -> ZshCompletion.script(line.getCommandSpec());
            case fish -> FishCompletion.script(line.getCommandSpec());
        };
    }
}
