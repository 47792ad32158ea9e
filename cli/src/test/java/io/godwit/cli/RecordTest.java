package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.output.ExitCodes;
import io.godwit.testkit.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A recording that goes on where it ended. */
class RecordTest {
    private static final String FIRST = "{\"at\":1.0,\"topic\":\"t\",\"payload\":\"1\"}\n";
    private static final String SECOND = "{\"at\":2.5,\"topic\":\"t\",\"payload\":\"2\"}";

    @TempDir
    Path folder;

    private TestBroker broker;

    @BeforeEach
    void start() {
        broker = TestBroker.start();
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private Command append(Path file, int count) {
        return Command.run("godwit record " + file + " --append -t t -C " + count + " -h " + broker.uri())
                .awaitError("recording");
    }

    private void publish(String text) {
        Command.run("godwit pub -t t -q 1 -m " + text + " -h " + broker.uri()).ends(0);
    }

    private static List<Double> times(Path file) throws IOException {
        try (var lines = Files.lines(file)) {
            return lines.map(line -> Double.valueOf(line.replaceFirst("\\{\"at\":([0-9.]+),.*", "$1")))
                    .toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {FIRST + SECOND + "\n", FIRST + SECOND, FIRST + SECOND + "\n\n", SECOND + "\n" + FIRST})
    void its_time_goes_on_behind_the_latest_of_the_file(String before) throws IOException {
        Path file = Files.writeString(folder.resolve("a"), before);

        try (Command record = append(file, 2)) {
            publish("3");
            publish("4");
            record.ends(0);
        }

        List<String> lines = Files.readAllLines(file);
        lines.removeIf(String::isBlank);
        assertThat(lines).hasSize(4).allMatch(line -> line.startsWith("{\"at\":") && line.endsWith("}"));
        List<Double> times = times(Files.write(file, lines));
        assertThat(times.subList(2, 4)).isSorted().allMatch(time -> time >= 2.5);
    }

    @Test
    void without_a_file_yet_it_begins_one() throws IOException {
        Path file = folder.resolve("new");

        try (Command record = append(file, 1)) {
            publish("1");
            record.ends(0);
        }

        assertThat(times(file)).hasSize(1);
    }

    @Test
    void an_earlier_recording_is_overwritten_only_by_another() throws IOException {
        Path file = Files.writeString(folder.resolve("day"), FIRST + SECOND + "\n");

        Command.run("godwit record " + file + " --force -h 127.0.0.1 -p 1").ends(ExitCodes.UNREACHABLE);
        assertThat(file).hasContent(FIRST + SECOND + "\n");

        Command.run("godwit record " + file + " --force -t t --duration 1 -h " + broker.uri())
                .ends(0);
        assertThat(file).isEmptyFile();
    }

    @Test
    void a_file_that_is_no_recording_is_left_as_it_is() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), FIRST + "{\"at\":2.5,\"topic\":\"t\",\"pay");

        Command record = Command.run("godwit record " + file + " --append -h " + broker.uri())
                .ends(ExitCodes.FAILED);

        assertThat(record.errors()).contains("a, line 2: ");
        assertThat(Files.readString(file)).endsWith("\"pay");
    }
}
