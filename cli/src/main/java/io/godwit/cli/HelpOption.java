package io.godwit.cli;

import picocli.CommandLine.Option;

/** {@code --help}; its letter is the host's, as with mosquitto's clients. */
final class HelpOption {
    @Option(names = "--help", usageHelp = true, description = "Show this help.")
    private boolean help;
}
