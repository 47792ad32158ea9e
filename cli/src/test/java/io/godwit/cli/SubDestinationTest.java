package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.checks.Mosquitto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where {@code sub} takes messages instead of printing them: to commands and files. Against Mosquitto. */
class SubDestinationTest {
    @TempDir
    static Path folder = Path.of("set by JUnit");

    private static Mosquitto broker;

    @BeforeAll
    static void start() throws IOException {
        broker = Mosquitto.start(folder);
    }

    @AfterAll
    static void stop() {
        if (broker != null) {
            broker.close();
        }
    }

    private static void publish(String topic, String payload) {
        Command.of("mosquitto_pub", "-p", String.valueOf(broker.port()), "-t", topic, "-r", "-q", "1", "-m", payload)
                .ends(0);
    }

    private static Command sub(String... options) {
        List<String> line =
                new java.util.ArrayList<>(List.of("sub", "-p", String.valueOf(broker.port()), "-q", "1", "-W", "30"));
        line.addAll(List.of(options));
        return Command.godwit(line.toArray(String[]::new));
    }

    @Test
    void a_command_runs_for_each_message_with_the_payload_as_its_input() {
        publish("exec/a", "one; exit 7");
        publish("exec/b", "two $(touch hacked)");

        Command sub = sub(
                "-t", "exec/#", "-C", "2", "--jobs", "2", "--exec", "echo \"$GODWIT_TOPIC $GODWIT_RETAIN: $(cat)\"");

        assertThat(sub.ends(0).output().lines())
                .containsExactlyInAnyOrder("exec/a 1: one; exit 7", "exec/b 1: two $(touch hacked)");
    }

    @Test
    void a_command_that_fails_is_reported_and_the_next_message_comes() {
        publish("fails/a", "3");
        publish("fails/b", "0");

        Command sub = sub("-t", "fails/#", "-C", "2", "--exec", "exit $(cat)");

        assertThat(sub.ends(0).errors()).contains("the message on 'fails/a': the command ended with exit code 3");
    }

    @Test
    void payloads_become_files_that_stay_below_the_folder() throws IOException {
        Path out = folder.resolve("out");
        publish("files/a", "one");
        publish("files/../.hidden//ü", "two");

        sub("-t", "files/#", "-C", "2", "--out-dir", out.toString()).ends(0);

        try (Stream<Path> files = Files.walk(out)) {
            assertThat(files.filter(Files::isRegularFile).map(out::relativize).map(Path::toString))
                    .allMatch(name -> name.startsWith("files/"))
                    .anyMatch(name -> name.matches("files/a/0000000[12]"))
                    .anyMatch(name -> name.matches("files/%2E\\./%2Ehidden/%/%C3%BC/0000000[12]"));
        }
    }

    @ParameterizedTest
    @CsvSource({"a.b, a.b", ".., %2E.", "., %2E", "'', %", "a/b, a%2Fb", "CON:, CON%3A", "%, %25"})
    void a_level_of_a_topic_becomes_a_safe_name(String level, String name) {
        assertThat(MessageSink.fileName(level)).isEqualTo(name);
    }
}
