package io.godwit.cli;

import io.godwit.cli.manual.Completion;
import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Terminal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Prints the completion for a shell, made from the commands as they are. */
@Command(
        name = "completion",
        description = "Print the completion for a shell.",
        exitCodeList = "141:standard output was closed by its reader",
        footerHeading = "%nExamples:%n",
        footer = {
            "  source <(godwit completion bash)                          for this session; or in ~/.bashrc",
            "  godwit completion zsh > ~/.zsh/_godwit                    with that folder in $fpath",
            "  godwit completion fish > ~/.config/fish/completions/godwit.fish"
        })
final class CompletionCommand implements Callable<Integer> {
    @Parameters(paramLabel = "SHELL", description = "One of: ${COMPLETION-CANDIDATES}.")
    private Completion shell = Completion.bash;

    private final Terminal terminal;

    CompletionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        boolean read = terminal.text(shell.script(Main.commandLine(terminal)).stripTrailing());
        return read ? ExitCodes.OK : ExitCodes.OUTPUT_CLOSED;
    }
}
