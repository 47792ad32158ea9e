package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.output.ExitCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command adds to the host of devices: the prompt, the check, and what is written where. */
@DisplayName("godwit run")
class RunTest {
    @TempDir
    Path folder;

    private Path script(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void the_prompt_is_that_of_a_serial_console() throws IOException {
        Path script = script("init.lua", "");

        try (Command run = Command.godwit("run", script.toString(), "--on-error", "ignore", "-i", "--for", "20s")) {
            run.input("x=5\n=x\nfor i=1,2 do\nprint(i)\nend\n=x +\n1\n='end'\n");
            run.awaitOutput("end").terminate();
            run.exitCode();

            assertThat(run.output().lines()).containsExactly("5", "1", "2", "6", "end");
            assertThat(run.errors()).contains(">> ").doesNotContain("unexpected symbol", "expected near");
        }
    }

    @Test
    void check_and_run_agree_on_a_compiled_file_that_is_there_as_source() throws IOException {
        script("app.lua", "print('the app runs')");
        script("init.lua", "dofile('app.lc')");

        assertThat(Command.godwit("run", folder.toString(), "--check")
                        .ends(ExitCodes.OK)
                        .errors())
                .contains("everything that the scripts need is here");
        assertThat(Command.godwit("run", folder.toString(), "--on-error", "stop", "--virtual", "--for", "1s")
                        .ends(ExitCodes.OK)
                        .output())
                .contains("the app runs");
    }

    @Test
    void a_line_without_an_end_is_shown() throws IOException {
        Path script = script(
                "init.lua", "uart.write(0, 'progress') tmr.create():alarm(100, 1, function() uart.write(0, '.') end)");

        assertThat(Command.godwit("run", script.toString(), "--for", "2s")
                        .ends(ExitCodes.OK)
                        .output())
                .startsWith("progress..");
    }
}
