package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.checks.Mosquitto;
import io.godwit.cli.output.ExitCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
                    .anyMatch(name -> name.matches("files/a/\\+0000000[12]"))
                    .anyMatch(name -> name.matches("files/%2E\\./%2Ehidden/%/%C3%BC/\\+0000000[12]"));
        }
    }

    @Test
    void payloads_of_an_earlier_run_stay() throws IOException {
        Path out = folder.resolve("twice");
        publish("twice/a", "one");
        sub("-t", "twice/a", "-C", "1", "--out-dir", out.toString()).ends(0);
        publish("twice/a", "two");
        sub("-t", "twice/a", "-C", "1", "--out-dir", out.toString()).ends(0);

        assertThat(out.resolve("twice/a/+00000001")).hasContent("one");
        assertThat(out.resolve("twice/a/+00000002")).hasContent("two");
    }

    @Test
    void no_topic_is_too_long_or_in_the_way_of_another() throws IOException {
        Path out = folder.resolve("odd");
        publish("odd/a", "1");
        publish("odd/a/00000001", "2");
        publish("odd/" + "\u00fc".repeat(150), "3");
        publish("odd/" + "a-level/".repeat(190), "4"); // mosquitto allows 200 levels

        sub("-t", "odd/#", "-C", "4", "--out-dir", out.toString()).ends(0);

        try (Stream<Path> files = Files.walk(out)) {
            assertThat(files.filter(Files::isRegularFile)).hasSize(4);
        }
    }

    @Test
    void what_would_be_printed_is_appended_to_a_file() throws IOException {
        Path out = Files.writeString(folder.resolve("printed"), "before\n");
        publish("out/a", "one");
        publish("out/b", "two");

        Command sub = sub("-t", "out/a", "-t", "out/b", "-C", "2", "-v", "--out", out.toString())
                .ends(0);

        assertThat(sub.output()).isEmpty();
        assertThat(Files.readAllLines(out)).containsExactly("before", "out/a one", "out/b two");
    }

    @Test
    void a_file_that_cannot_be_written_ends_the_command() {
        publish("full/a", "one");

        Command full = sub("-t", "full/#", "--out", "/dev/full").ends(ExitCodes.OUTPUT_FAILED);
        assertThat(full.errors()).contains("cannot write to /dev/full: ");

        Command absent = sub("-t", "full/#", "--out", "/nonexistent/file").ends(ExitCodes.FAILED);
        assertThat(absent.errors()).contains("--out: ", "/nonexistent/file");
    }

    @Test
    void messages_are_counted_each_second() {
        try (Command sub = sub("-t", "rate/#", "--message-rate", "-C", "3")) {
            sub.awaitOutput("0\n");
            for (int i = 0; i < 2; i++) {
                publish("rate/" + i, "x");
            }
            await("both").atMost(Duration.ofSeconds(30)).until(() -> sum(sub) == 2);
            publish("rate/3", "x");
            sub.ends(0);
        }
    }

    private static int sum(Command sub) {
        return sub.output().lines().mapToInt(Integer::parseInt).sum();
    }

    @Test
    void the_latest_message_of_each_topic_has_a_line_on_a_terminal() throws IOException {
        List<String> line = Command.java(
                List.of("sub", "-p", String.valueOf(broker.port()), "-t", "watch/#", "-q", "1", "--watch"));
        publish("watch/b", "first");
        publish("watch/a", "1");
        try (TerminalWindow window = TerminalWindow.running(folder, Map.of("NO_COLOR", "1"), line)) {
            window.awaitScreen("2 topics, 2 messages");
            publish("watch/b", "second\nline " + "x".repeat(200));
            publish("watch/c", "new \u001b[2J");
            window.awaitScreen("3 topics, 4 messages");

            assertThat(window.screen()
                            .lines()
                            .filter(text -> text.startsWith("watch/"))
                            .sorted())
                    .hasSize(3)
                    .anyMatch(text -> text.equals("watch/a 1"))
                    .anyMatch(text -> text.startsWith("watch/b second\u21b5line xxx") && text.length() < 100)
                    .anyMatch(text -> text.equals("watch/c hex 6e6577201b5b324a"));

            for (int i = 0; i < 40; i++) {
                publish("watch/many/" + i, "m");
            }
            window.awaitScreen("43 topics, the latest 28, 44 messages");
            assertThat(window.screen()).contains("watch/many/39 m").doesNotContain("watch/a 1");

            window.press("C-c").awaitScreen("ended with 130");
            assertThat(window.screen()).contains("43 topics");
        }
    }

    @Test
    void watching_needs_a_terminal() {
        Command sub = sub("-t", "a", "--watch").ends(ExitCodes.USAGE);

        assertThat(sub.errors()).contains("standard output is not a terminal");
    }

    @ParameterizedTest
    @CsvSource({"a.b, a.b", ".., %2E.", "., %2E", "'', %", "a/b, a/b", "/, %/%", "CON:, CON%3A", "%, %25"})
    void a_level_of_a_topic_becomes_a_safe_name(String level, String name) {
        assertThat(PayloadFiles.folderOf(level)).isEqualTo(name);
    }
}
