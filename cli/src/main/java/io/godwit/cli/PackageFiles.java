package io.godwit.cli;

import io.godwit.cli.manual.Completion;
import io.godwit.cli.manual.ManPage;
import io.godwit.cli.output.Terminal;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/**
 * Writes what the package holds besides the programs: man pages and completion, where Unix systems look for them, and native
 * libraries beside the jar. For the build.
 */
public final class PackageFiles {
    private static final Map<Completion, String> COMPLETION = Map.of(
            Completion.bash, "share/bash-completion/completions/godwit",
            Completion.zsh, "share/zsh/site-functions/_godwit",
            Completion.fish, "share/fish/vendor_completions.d/godwit.fish");

    private PackageFiles() {}

    /** @param arguments the folder, such as a prefix */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        CommandLine line =
                Main.commandLine(new Terminal(OutputStream.nullOutputStream(), System.err, false, false, false));
        for (Map.Entry<Completion, String> each : COMPLETION.entrySet()) {
            write(folder.resolve(each.getValue()), each.getKey().script(line));
        }
        CdsTraining.unpackLibraries(folder.resolve("lib"));
        Path pages = folder.resolve("share/man/man1");
        String version = Version.lines().get(0);
        for (CommandLine command : List.copyOf(line.getSubcommands().values())) {
            write(
                    pages.resolve(ManPage.fileName(command.getCommandSpec())),
                    ManPage.of(command.getCommandSpec(), version));
        }
        write(pages.resolve(ManPage.fileName(line.getCommandSpec())), ManPage.of(line.getCommandSpec(), version));
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
