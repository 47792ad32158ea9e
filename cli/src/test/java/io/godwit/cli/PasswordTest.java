package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.output.ExitCodes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Passwords come from where others do not see them, and are never shown. */
class PasswordTest {
    private static final String SECRET = "correct-horse-battery";

    @Test
    void a_password_comes_from_the_environment_or_a_file(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("secret"), SECRET + "\n");
        try (Command broker =
                Command.godwit(Map.of("PW", SECRET), "broker", "--port", "0", "-u", "me", "--password-env", "PW")) {
            broker.awaitOutput("(Ctrl-C");
            String uri = broker.output().replaceAll("(?s).*listening on (\\S+) .*", "$1");

            Command fromEnvironment = Command.godwit(
                            Map.of("PW", SECRET),
                            "pub",
                            "-d",
                            "-h",
                            uri,
                            "-u",
                            "me",
                            "--password-env",
                            "PW",
                            "-t",
                            "a",
                            "-m",
                            "x")
                    .ends(0);
            assertThat(fromEnvironment.errors()).contains("password ***").doesNotContain(SECRET);
            Command.godwit("pub", "-h", uri, "-u", "me", "--password-file", file.toString(), "-t", "a", "-m", "x")
                    .ends(0);
            Command wrong = Command.godwit("pub", "-h", uri, "-u", "me", "-P", SECRET + "!", "-t", "a", "-m", "x")
                    .ends(ExitCodes.NOT_AUTHORIZED);
            assertThat(wrong.errors()).doesNotContain(SECRET);
            Command unset = Command.godwit(
                            "pub", "-h", uri, "-u", "me", "--password-env", "NO_SUCH", "-t", "a", "-m", "x")
                    .ends(ExitCodes.USAGE);
            assertThat(unset.errors()).contains("NO_SUCH is not set");
        }
    }

    @Test
    void the_demo_ends_well() {
        Command demo = Command.godwit("demo").ends(0);
        assertThat(demo.output()).contains("hall-display received").contains("offline");
    }
}
