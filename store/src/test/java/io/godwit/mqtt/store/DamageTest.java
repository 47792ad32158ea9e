package io.godwit.mqtt.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.store.StoredSession;
import io.godwit.mqtt.client.store.StoredSession.StoredPublish;
import io.godwit.mqtt.protocol.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DamageTest {
    @TempDir
    Path folder;

    private final List<RecoveryReport> reports = new ArrayList<>();

    private DiskStore store() {
        return DiskStore.builder(folder)
                .segmentSize(1_024)
                .onRecovery(reports::add)
                .build();
    }

    private RecoveryReport report() {
        return reports.get(reports.size() - 1);
    }

    private List<Path> files(String suffix) throws IOException {
        try (Stream<Path> entries = Files.list(folder.resolve("c"))) {
            return entries.filter(entry -> entry.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        }
    }

    /** Three publishes, each forced by itself, so that they are in the log one behind the other. */
    private Path threePublishes() throws IOException {
        SessionLog log = store().open("c");
        for (int n = 1; n <= 3; n++) {
            log.accepted(n, Logs.message(n), Logs.NEVER);
            Logs.force(log);
        }
        log.close();
        return files(".log").get(0);
    }

    @Test
    void a_write_torn_at_any_byte_loses_the_torn_record_only() throws IOException {
        Path file = threePublishes();
        byte[] whole = Files.readAllBytes(file);
        int lastRecord = (whole.length - headerLength()) / 3;
        for (int cut = 1; cut <= lastRecord; cut++) {
            cleanFolder();
            Files.write(file, Arrays.copyOf(whole, whole.length - cut));

            StoredSession session = Logs.reopened(store(), "c");

            assertThat(session.publishes())
                    .as("cut %d", cut)
                    .extracting(StoredPublish::sequence)
                    .containsExactly(1L, 2L);
            assertThat(report().isWhole()).isTrue();
            assertThat(report().tornBytes()).isEqualTo(lastRecord - cut);
        }
    }

    @Test
    void a_log_goes_on_after_a_torn_write() throws IOException {
        Path file = threePublishes();
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length - 5));
        SessionLog log = store().open("c");
        log.accepted(4, Logs.message(4), Logs.NEVER);
        log.close();

        StoredSession session = Logs.reopened(store(), "c");

        assertThat(session.publishes()).extracting(StoredPublish::sequence).containsExactly(1L, 2L, 4L);
        assertThat(report().isWhole()).isTrue();
        assertThat(report().tornBytes()).isZero();
    }

    @Test
    void a_flipped_byte_anywhere_in_the_middle_loses_one_record_and_is_set_aside_and_reported() throws IOException {
        Path file = threePublishes();
        byte[] whole = Files.readAllBytes(file);
        int record = (whole.length - headerLength()) / 3;
        for (int at = headerLength() + record; at < headerLength() + 2 * record; at++) {
            cleanFolder();
            byte[] flipped = whole.clone();
            flipped[at] ^= 0x10;
            Files.write(file, flipped);

            StoredSession session = Logs.reopened(store(), "c");

            assertThat(session.publishes())
                    .as("byte %d", at)
                    .extracting(StoredPublish::sequence)
                    .containsExactly(1L, 3L);
            assertThat(report().damages()).singleElement().satisfies(damage -> {
                assertThat(damage.bytes()).isEqualTo(record);
                assertThat(damage.setAside()).endsWith(".damaged");
                assertThat(Files.readAllBytes(folder.resolve("c").resolve(damage.setAside())))
                        .isEqualTo(Arrays.copyOfRange(flipped, headerLength() + record, headerLength() + 2 * record));
            });
            assertThat(Logs.reopened(store(), "c").publishes()).hasSize(2);
            assertThat(report().isWhole()).as("found once only").isTrue();
        }
    }

    @Test
    void a_damaged_header_costs_no_record() throws IOException {
        SessionLog log = store().open("c");
        for (int n = 0; n < 100; n++) {
            log.accepted(n, Logs.message(n), Logs.NEVER);
            Logs.force(log);
        }
        log.close();
        assertThat(files(".log")).hasSizeGreaterThan(3);
        flip(files(".log").get(1), 3);

        assertThat(Logs.reopened(store(), "c").publishes()).hasSize(100);
        assertThat(report().damages())
                .singleElement()
                .satisfies(damage -> assertThat(damage.what()).isEqualTo("header"));
    }

    @Test
    void a_missing_file_is_reported_and_the_others_count() throws IOException {
        SessionLog log = store().open("c");
        for (int n = 0; n < 100; n++) {
            log.accepted(n, Logs.message(n), Logs.NEVER);
            Logs.force(log);
        }
        log.close();
        Files.delete(files(".log").get(1));

        assertThat(Logs.reopened(store(), "c").publishes()).hasSizeBetween(50, 99);
        assertThat(report().damages())
                .singleElement()
                .satisfies(damage -> assertThat(damage.what()).isEqualTo("missing"));
        assertThat(Logs.reopened(store(), "c").publishes()).hasSizeBetween(50, 99);
        assertThat(report().isWhole()).isTrue();
    }

    @Test
    void a_log_of_nothing_but_rubbish_is_set_aside_whole() throws IOException {
        Path file = threePublishes();
        byte[] rubbish = new byte[5_000];
        Arrays.fill(rubbish, (byte) 0xA7);
        Files.write(file, rubbish);

        assertThat(Logs.reopened(store(), "c").isEmpty()).isTrue();
        assertThat(report().damages()).hasSize(1);
        assertThat(Files.size(files(".damaged").get(0))).isEqualTo(5_000);
        assertThat(Logs.reopened(store(), "c").isEmpty()).isTrue();
        assertThat(report().isWhole()).isTrue();
    }

    @Test
    void a_file_cut_off_in_its_header_is_damage_since_it_was_named_only_with_a_whole_one() throws IOException {
        Path file = threePublishes();
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < headerLength(); length++) {
            cleanFolder();
            Files.write(file, Arrays.copyOf(whole, length));
            assertThat(Logs.reopened(store(), "c").isEmpty()).isTrue();
            assertThat(report().isWhole()).as("length %d", length).isFalse();
        }
    }

    @Test
    void a_file_whose_header_was_never_finished_is_no_damage() throws IOException {
        Path file = threePublishes();
        Files.write(file.resolveSibling("0000000000001000.log.new"), new byte[] {'G', 'O', 'D'});

        assertThat(Logs.reopened(store(), "c").publishes()).hasSize(3);

        assertThat(report().isWhole()).isTrue();
        assertThat(files(".new")).isEmpty();
    }

    private void hundredPublishesInManyFiles() throws IOException {
        SessionLog log = store().open("c");
        for (int n = 0; n < 100; n++) {
            log.accepted(n, Logs.message(n), Logs.NEVER);
            Logs.force(log);
        }
        log.close();
        assertThat(files(".log")).hasSizeGreaterThan(3);
    }

    @Test
    void a_missing_first_file_is_reported_once() throws IOException {
        hundredPublishesInManyFiles();
        Files.delete(files(".log").get(0));

        assertThat(Logs.reopened(store(), "c").publishes()).hasSizeBetween(50, 99);

        assertThat(report().damages()).singleElement().satisfies(damage -> {
            assertThat(damage.what()).isEqualTo("missing");
            assertThat(damage.segment()).isEqualTo("0000000000000000.log");
            assertThat(damage.bytes()).isPositive();
        });
        assertThat(Logs.reopened(store(), "c").publishes()).hasSizeBetween(50, 99);
        assertThat(report().isWhole()).as("reported once only").isTrue();
    }

    @Test
    void a_missing_last_file_is_reported_once() throws IOException {
        hundredPublishesInManyFiles();
        List<Path> files = files(".log");
        String last = files.get(files.size() - 1).getFileName().toString();
        Files.delete(files.get(files.size() - 1));

        assertThat(Logs.reopened(store(), "c").publishes()).hasSizeBetween(50, 99);

        assertThat(report().damages()).singleElement().satisfies(damage -> {
            assertThat(damage.what()).isEqualTo("missing");
            assertThat(damage.segment()).isEqualTo(last);
        });
        assertThat(Logs.reopened(store(), "c").publishes()).hasSizeBetween(50, 99);
        assertThat(report().isWhole()).as("reported once only").isTrue();
    }

    @Test
    void an_emptied_last_file_is_reported() throws IOException {
        hundredPublishesInManyFiles();
        List<Path> files = files(".log");
        Files.write(files.get(files.size() - 1), new byte[0]);

        assertThat(Logs.reopened(store(), "c").publishes()).hasSizeBetween(50, 99);

        assertThat(report().damages())
                .singleElement()
                .satisfies(damage -> assertThat(damage.what()).isEqualTo("empty"));
    }

    @Test
    void files_that_compaction_deleted_are_not_missing() throws IOException {
        SessionLog log = store().open("c");
        for (int n = 0; n < 1_000; n++) {
            log.accepted(n, Logs.message(n), Logs.NEVER);
            log.ended(n);
            if (n % 10 == 0) {
                Logs.force(log);
            }
        }
        log.close();
        assertThat(files(".log").get(0).getFileName().toString()).isNotEqualTo("0000000000000000.log");

        assertThat(Logs.reopened(store(), "c").isEmpty()).isTrue();

        assertThat(report().isWhole()).isTrue();
    }

    @Test
    void a_byte_inserted_into_a_file_costs_no_more_than_the_rest_of_that_file() throws IOException {
        hundredPublishesInManyFiles();
        Path second = files(".log").get(1);
        byte[] bytes = Files.readAllBytes(second);
        byte[] longer = new byte[bytes.length + 1];
        System.arraycopy(bytes, 0, longer, 0, 200);
        System.arraycopy(bytes, 200, longer, 201, bytes.length - 200);
        Files.write(second, longer);

        assertThat(Logs.reopened(store(), "c").publishes()).hasSizeBetween(80, 99);

        assertThat(report().isWhole()).isFalse();
        assertThat(Logs.reopened(store(), "c").publishes()).hasSizeBetween(80, 99);
        assertThat(report().isWhole()).as("reported once only").isTrue();
    }

    @Test
    void files_with_foreign_names_are_left_alone() throws IOException {
        threePublishes();
        Path foreign = folder.resolve("c").resolve("ffffffffffffffff.log");
        Files.write(foreign, new byte[100]);

        assertThat(Logs.reopened(store(), "c").publishes()).hasSize(3);

        assertThat(report().isWhole()).isTrue();
        assertThat(foreign).exists();
    }

    @Test
    void one_file_of_another_log_does_not_make_the_others_unreadable() throws IOException {
        hundredPublishesInManyFiles();
        SessionLog other = DiskStore.at(folder.resolve("other")).open("c");
        other.accepted(7, Message.of("foreign", "foreign"), Logs.NEVER);
        other.close();
        Files.copy(
                folder.resolve("other").resolve("c").resolve("0000000000000000.log"),
                files(".log").get(0),
                StandardCopyOption.REPLACE_EXISTING);

        StoredSession session = Logs.reopened(store(), "c");

        assertThat(session.publishes())
                .hasSizeBetween(50, 99)
                .noneMatch(p -> p.message().topic().equals("foreign"));
        assertThat(report().isWhole()).isFalse();
    }

    /** A payload of record headers whose bodies reach to the end: each would cost a checksum over megabytes. */
    @Test
    void a_payload_made_of_record_headers_does_not_make_recovery_slow() throws IOException {
        byte[] payload = new byte[4 << 20];
        for (int at = 0; at + RecordFormat.HEADER <= payload.length; at += 6) {
            int body = Math.max(0, payload.length - at - 4_096);
            ByteBuffer.wrap(payload)
                    .put(at, RecordFormat.MARK)
                    .put(at + 1, RecordFormat.PUBLISH)
                    .putInt(at + 2, body);
        }
        SessionLog log = store().open("c");
        log.accepted(0, Message.of("t", payload), Logs.NEVER);
        log.close();
        Path file = files(".log").get(0);
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), (int) Files.size(file) - 1));

        StoredSession session = assertTimeout(Duration.ofSeconds(10), () -> Logs.reopened(store(), "c"));

        assertThat(session.isEmpty()).isTrue();
        assertThat(report().tornBytes()).isGreaterThan(4 << 20);
    }

    @Test
    void records_inside_a_payload_are_not_taken_for_records() throws IOException {
        byte[] log = Files.readAllBytes(threePublishes());
        cleanFolder();
        SessionLog other = store().open("c");
        other.accepted(7, Message.of("backup", log), Logs.NEVER);
        other.received(3);
        other.close();
        Path file = files(".log").get(0);
        flip(file, headerLength() + 2);

        StoredSession session = Logs.reopened(store(), "c");

        assertThat(session.publishes()).isEmpty();
        assertThat(session.received()).containsExactly(3);
    }

    @Test
    void another_format_version_is_refused_and_left_alone() throws IOException {
        Path file = threePublishes();
        byte[] whole = Files.readAllBytes(file);
        ByteBuffer header = ByteBuffer.wrap(whole).putShort(8, (short) 3);
        CRC32C crc = new CRC32C();
        crc.update(whole, 0, headerLength() - 4);
        header.putInt(headerLength() - 4, (int) crc.getValue());
        Files.write(file, whole);

        assertThatThrownBy(() -> store().open("c"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("format version 3")
                .hasMessageContaining("reads version 2");
        assertThat(Files.readAllBytes(file)).isEqualTo(whole);
    }

    @Test
    void a_flipped_bit_in_the_version_is_damage_and_not_another_version() throws IOException {
        Path file = threePublishes();
        for (int bit = 0; bit < 16; bit++) {
            byte[] bytes = Files.readAllBytes(file);
            bytes[8 + bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file, bytes);

            Logs.reopened(store(), "c");

            assertThat(report().isWhole()).as("bit %d", bit).isFalse();
            cleanFolder();
            threePublishes();
        }
    }

    @Test
    void looking_at_a_damaged_store_changes_nothing() throws IOException {
        Path file = threePublishes();
        flip(file, headerLength() + 20);
        byte[] before = Files.readAllBytes(file);

        List<StoredLog> logs = StoredLog.in(folder);

        assertThat(logs).singleElement().satisfies(log -> {
            assertThat(log.report().isWhole()).isFalse();
            assertThat(log.session().publishes()).hasSize(2);
        });
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        assertThat(files(".damaged")).isEmpty();
    }

    private static int headerLength() {
        return SegmentHeader.length(1);
    }

    private static void flip(Path file, int at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= 0x40;
        Files.write(file, bytes);
    }

    private void cleanFolder() throws IOException {
        for (Path file : files("")) {
            Files.delete(file);
        }
    }
}
