package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.manual.Reference;
import io.godwit.cli.output.Terminal;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** docs/commands.md: each command with all its options, made from the commands. */
class ReferenceTest {
    private static final Path REFERENCE = Path.of("..", "docs", "commands.md");

    private final CommandLine godwit =
            Main.commandLine(new Terminal(OutputStream.nullOutputStream(), System.err, false, false, false));

    @Test
    void the_reference_is_what_the_commands_say() throws IOException {
        String now = Reference.of(godwit.getCommandSpec());
        if (System.getProperty("commands.update") != null) {
            Files.writeString(REFERENCE, now);
        }
        assertThat(REFERENCE)
                .as("regenerate it: ./mvnw -q -Dfast -pl cli -am test -Dtest=ReferenceTest -Dcommands.update")
                .hasContent(now);
    }
}
