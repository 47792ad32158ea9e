package io.godwit.cli.options;

import picocli.CommandLine.Option;

/** {@code -d} and {@code --quiet}: how much is written to standard error. */
public final class OutputOptions {
    @Option(
            order = 1,
            names = {"-d", "--debug"},
            description = "Log each packet and the library's actions on standard error.")
    private boolean debug;

    @Option(order = 1, names = "--quiet", description = "No messages on standard error; see the exit code.")
    private boolean quiet;

    public boolean isDebug() {
        return debug;
    }

    public boolean isQuiet() {
        return quiet;
    }
}
