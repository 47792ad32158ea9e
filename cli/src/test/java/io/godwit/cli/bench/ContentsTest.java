package io.godwit.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Payloads from files, folders and recordings. */
class ContentsTest {
    @TempDir
    Path folder;

    private static Iterable<String> texts(Contents contents) {
        return contents.given().stream()
                .map(each -> new String(each, StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void a_file_is_one_payload() throws IOException {
        Path file = Files.writeString(folder.resolve("a.json"), "{}\n");

        assertThat(texts(Contents.file(file))).containsExactly("{}\n");
        assertThat(Contents.file(file).sizes()).isEqualTo(new PayloadSizes(3, 3));
    }

    @Test
    void the_files_of_a_folder_are_payloads_by_their_names() throws IOException {
        Files.writeString(folder.resolve("b"), "two");
        Files.writeString(folder.resolve("a"), "one!");
        Files.createDirectory(folder.resolve("c"));

        assertThat(texts(Contents.file(folder))).containsExactly("one!", "two");
        assertThat(Contents.file(folder).sizes()).isEqualTo(new PayloadSizes(3, 4));
    }

    @Test
    void a_recording_has_a_payload_in_each_line() throws IOException {
        Path file = Files.writeString(folder.resolve("day.jsonl"), """
                {"at":0.0,"topic":"a","payload":"21"}

                {"at":0.1,"topic":"b","payloadBase64":"AAE="}
                """);

        assertThat(Contents.file(file).given()).hasSize(2).last().isEqualTo(new byte[] {0, 1});
    }

    @Test
    void mistakes_are_named() throws IOException {
        Path broken = Files.writeString(folder.resolve("broken.jsonl"), "{\"payload\":\"x\"}\n");
        Path empty = Files.createDirectory(folder.resolve("empty"));

        assertThatThrownBy(() -> Contents.file(broken)).hasMessage(broken + ", line 1: missing \"topic\"");
        assertThatThrownBy(() -> Contents.file(empty)).hasMessage("'" + empty + "' has no payloads");
        assertThatThrownBy(() -> Contents.file(folder.resolve("absent"))).hasMessageContaining("cannot read");
    }
}
