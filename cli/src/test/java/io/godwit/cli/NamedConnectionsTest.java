package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.cli.output.ExitCodes;
import io.godwit.testkit.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code godwit @plant pub ...}: connections with names, from connections.toml. */
class NamedConnectionsTest {
    @TempDir
    Path folder;

    private Command godwit(String toml, String... arguments) throws IOException {
        Path config = Files.createDirectories(folder.resolve("godwit"));
        Files.writeString(config.resolve("connections.toml"), toml);
        return Command.godwit(Map.of("XDG_CONFIG_HOME", folder.toString(), "PLANT_PASSWORD", "right"), arguments);
    }

    @Test
    void a_connection_names_address_user_and_where_the_password_is() throws IOException {
        try (TestBroker broker = TestBroker.builder().credentials("me", "right").start()) {
            for (String password :
                    new String[] {"password-env = \"PLANT_PASSWORD\"", "password-command = \"echo right\""}) {
                String toml = "[plant]\naddress = \"" + broker.uri() + "\"\nusername = \"me\"\n" + password
                        + "\nprotocol-version = 5\nretain = true\n";

                godwit(toml, "@plant", "pub", "-t", "t", "-m", "x").ends(0);
            }
            assertThat(broker.messages())
                    .hasSize(2)
                    .allMatch(seen -> seen.message().retain());
        }
    }

    @Test
    void what_is_typed_wins() throws IOException {
        try (TestBroker broker = TestBroker.builder().credentials("me", "right").start()) {
            String toml =
                    "[plant]\naddress = \"mqtt://127.0.0.1:1\"\nusername = \"me\"\npassword-command = \"false\"\n";

            godwit(toml, "@plant", "pub", "-h", broker.uri(), "-P", "right", "-t", "t", "-m", "x")
                    .ends(0);
        }
    }

    @Test
    void the_shell_and_the_doctor_know_them_too() throws IOException {
        try (TestBroker broker = TestBroker.start()) {
            String toml = "[plant]\naddress = \"" + broker.uri() + "\"\n";

            godwit(toml, "shell")
                    .input("connect @plant\npublish t from-the-shell\n")
                    .ends(0);
            assertThat(godwit(toml, "@plant", "doctor").ends(0).output()).contains(broker.uri() + " works");
            assertThat(broker.messages()).anyMatch(seen -> seen.message().text().equals("from-the-shell"));
        }
    }

    @Test
    void they_are_listed_without_secrets() throws IOException {
        String toml = "[b]\naddress = \"mqtts://b.example\"\nusername = \"me\"\npassword-env = \"PW\"\n[\"a.1\"]\n";

        assertThat(godwit(toml, "connections").ends(0).output().lines())
                .containsExactly("@a.1                 localhost", "@b                   mqtts://b.example, as me");
    }

    @Test
    void an_address_with_a_password_is_rejected_and_not_shown() throws IOException {
        String toml = "[b]\naddress = [\"mqtt://other\", \"mqtts://me:s3cret@b.example\"]\n";

        for (String[] line : new String[][] {{"connections"}, {"@b", "sub", "-t", "t"}}) {
            Command command = godwit(toml, line).ends(ExitCodes.USAGE);

            assertThat(command.errors()).contains("[b]: address has a password in it: use username");
            assertThat(command.errors() + command.output()).doesNotContain("s3cret");
        }
    }

    @Test
    void an_unknown_name_says_which_there_are() throws IOException {
        Command sub = godwit("[plant]\n", "@plan", "sub", "-t", "t").ends(ExitCodes.USAGE);

        assertThat(sub.errors()).contains("unknown connection '@plan'", "has: @plant");
    }

    @Test
    void a_command_that_connects_must_follow() throws IOException {
        assertThat(godwit("[plant]\n", "@plant").ends(ExitCodes.USAGE).errors()).contains("a command that connects");
        assertThat(godwit("[plant]\n", "@plant", "demo").ends(ExitCodes.USAGE).errors())
                .contains("a command that connects");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[plant                 | line 1",
                "address = \"x\"        | is outside of a table",
                "[plant]%password = \"x\" | password-env, password-file or password-command",
                "[plant]%tls = { a = 1 } | must be a string"
            })
    void what_is_wrong_in_the_file_is_said_with_its_place(String text, String message) throws IOException {
        Files.writeString(folder.resolve("connections.toml"), text.replace("%", "\n"));

        assertThatThrownBy(() -> new NamedConnections(folder).options("plant"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("connections.toml")
                .hasMessageContaining(message);
    }
}
