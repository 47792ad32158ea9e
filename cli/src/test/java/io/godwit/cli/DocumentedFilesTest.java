package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.checks.Documents;
import io.godwit.checks.Documents.Block;
import io.godwit.cli.bridge.BridgeRules;
import io.godwit.mqtt.protocol.Message;
import io.godwit.testkit.TestBroker;
import io.godwit.web.recording.RecordedMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files and the output that the guides of the command show. */
class DocumentedFilesTest {
    private static final String GUIDE = "docs/cli.md";
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private Path write(String name, Block block) throws IOException {
        return Files.writeString(folder.resolve(name), block.text());
    }

    @Test
    void the_rules_of_a_bridge() throws IOException {
        assertThat(BridgeRules.read(write("a.toml", Documents.block(GUIDE, "Bridge", "toml"))))
                .hasSize(1);
        assertThat(BridgeRules.read(write("b.toml", Documents.block("docs/commands.md", "godwit bridge", "toml"))))
                .hasSize(1);
    }

    @Test
    void a_named_connection() throws IOException {
        write("connections.toml", Documents.block(GUIDE, "Named connections", "toml"));

        assertThat(new NamedConnections(folder).options("plant"))
                .containsEntry("--username", List.of("me"))
                .containsKey("--host");
    }

    @Test
    void a_file_of_options() throws IOException {
        Path password = Files.writeString(folder.resolve("password"), "secret\n");
        try (TestBroker broker =
                TestBroker.builder().credentials("me", "secret").start()) {
            String options = Documents.block(GUIDE, "Configuration files", "text")
                    .text()
                    .replace("mqtts://broker.example.com", broker.uri())
                    .replace("/home/me/.broker-password", password.toString());

            Command.run("godwit pub -t a -m b -o " + Files.writeString(folder.resolve("options"), options))
                    .ends(0);
        }
    }

    @Test
    void a_line_of_a_recording() {
        RecordedMessage message = RecordedMessage.parse(
                Documents.block(GUIDE, "Record and play", "json").text().strip());

        assertThat(message.message().topic()).isEqualTo("home/hall");
        assertThat(message.message().text()).isEqualTo("on");
    }

    @Test
    void the_tree_of_retained_messages() {
        try (TestBroker broker = TestBroker.start()) {
            for (String[] each : new String[][] {{"home/hall/light", "on"}, {"home/hall/temp", "21.5"}}) {
                broker.publish(Message.of(each[0], each[1]).withRetain(true));
            }

            Command.run("godwit retained home/# -h " + broker.uri())
                    .ends(0)
                    .awaitOutput(
                            Documents.block(GUIDE, "Retained messages", "text").text());
        }
    }

    @Test
    void a_session_in_the_shell() {
        String lines = Documents.block(GUIDE, "The shell", "text")
                .text()
                .lines()
                .map(line -> line.substring(line.indexOf("> ") + 2))
                .collect(Collectors.joining("\n", "", "\n"));
        try (TestBroker broker = TestBroker.start();
                Command answers =
                        Command.run("godwit reply -h " + broker.uri() + " -i answers -t boiler/7/ask --echo")) {
            broker.awaitSubscribed("answers", "boiler/7/ask", SOON);

            String output = Command.godwit("shell")
                    .input(lines.replace("test.example", broker.uri()))
                    .ends(0)
                    .output();

            assertThat(output).contains("temperature");
            assertThat(broker.connects()).hasSize(3);
        }
    }
}
