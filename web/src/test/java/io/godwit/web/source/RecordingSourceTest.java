package io.godwit.web.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.protocol.Message;
import io.godwit.web.model.MemoryBudget;
import io.godwit.web.model.TopicNode;
import io.godwit.web.model.TopicTree;
import io.godwit.web.recording.RecordedMessage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingSourceTest {
    private static final long START = 1_764_000_000_000L;

    @TempDir
    Path folder;

    private final TopicTree tree = new TopicTree(new MemoryBudget(16 << 20));

    @Test
    void a_recording_opens_at_its_end_with_a_time_line() throws IOException {
        try (RecordingSource source = open(recording(10))) {
            awaitState(source, SourceState.ENDED);

            Source.Timeline timeline = source.info().timeline();
            assertThat(timeline.start()).isEqualTo(START);
            assertThat(timeline.messages()).isEqualTo(10);
            assertThat(timeline.buckets().stream().mapToLong(Long::longValue).sum())
                    .isEqualTo(10);
            assertThat(timeline.duration()).isBetween(9_000L, 10_000L);
            assertThat(value()).isEqualTo("9");
        }
    }

    @Test
    void the_tree_shows_the_state_at_the_position() throws IOException {
        try (RecordingSource source = open(recording(10))) {
            awaitState(source, SourceState.ENDED);

            source.seek(START + 4_500);
            await().untilAsserted(() -> assertThat(value()).isEqualTo("4"));
            awaitState(source, SourceState.PAUSED);
            source.seek(START + 7_000);
            await().untilAsserted(() -> assertThat(value()).isEqualTo("7"));
            source.seek(START + 1_000);

            await().untilAsserted(() -> assertThat(value()).isEqualTo("1"));
        }
    }

    @Test
    void it_plays_on_from_the_position_to_the_end() throws IOException {
        try (RecordingSource source = open(recording(10))) {
            awaitState(source, SourceState.ENDED);
            source.seek(START);
            awaitState(source, SourceState.PAUSED);

            source.play(1_000);

            awaitState(source, SourceState.ENDED);
            assertThat(value()).isEqualTo("9");
        }
    }

    @Test
    void a_compressed_recording_opens_too() throws IOException {
        Path compressed = folder.resolve("day.jsonl.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(compressed))) {
            Files.copy(recording(3), out);
        }

        try (RecordingSource source = open(compressed)) {
            awaitState(source, SourceState.ENDED);
            assertThat(value()).isEqualTo("2");
        }
    }

    @Test
    void a_few_compressed_bytes_that_mean_an_endless_line_are_an_error() throws IOException {
        Path compressed = folder.resolve("bomb.jsonl.gz");
        byte[] blanks = new byte[1 << 20];
        Arrays.fill(blanks, (byte) 'x');
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(compressed))) {
            for (int i = 0; i <= RecordingSource.LONGEST_LINE >> 20; i++) {
                out.write(blanks);
            }
        }

        assertThatThrownBy(() -> open(compressed))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("line 1 has more than " + RecordingSource.LONGEST_LINE + " characters");
    }

    @Test
    void a_damaged_line_is_named_and_what_is_before_it_is_shown() throws IOException {
        Path file = recording(3);
        Files.writeString(file, Files.readString(file) + "nonsense\n");

        try (RecordingSource source = open(file)) {
            awaitState(source, SourceState.FAILED);

            assertThat(source.info().problem().text()).startsWith("line 4: invalid JSON");
            assertThat(value()).isEqualTo("2");
        }
    }

    @Test
    void what_is_no_recording_is_refused() throws IOException {
        Path file = Files.write(folder.resolve("x"), new byte[] {(byte) 0xFF, 0, 1});

        assertThatThrownBy(() -> open(file)).isInstanceOf(IllegalArgumentException.class);
    }

    private RecordingSource open(Path file) throws IOException {
        return new RecordingSource(file, false, "day", tree, () -> {});
    }

    /** A message each second, on one topic, that counts from 0. */
    private Path recording(int messages) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < messages; i++) {
            Message message = Message.of("a", String.valueOf(i).getBytes(StandardCharsets.UTF_8));
            lines.append(new RecordedMessage(Duration.ofSeconds(i), Instant.ofEpochMilli(START + i * 1_000L), message)
                            .toJson())
                    .append('\n');
        }
        return Files.writeString(folder.resolve("day.jsonl"), lines);
    }

    private static void awaitState(RecordingSource source, SourceState state) {
        await().until(() -> source.info().state() == state);
    }

    private String value() {
        tree.lock().lock();
        try {
            TopicNode node = tree.topic("a");
            return node == null ? "" : node.last().message().text();
        } finally {
            tree.lock().unlock();
        }
    }
}
