package io.godwit.mqtt.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.store.StoredSession.StoredPublish;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class DiskFailureTest {
    @TempDir
    Path folder;

    private final FailingDisk disk = new FailingDisk();

    private DiskStore store() {
        return DiskStore.builder(folder).disk(disk).segmentSize(1_024).build();
    }

    @Test
    void a_full_disk_fails_the_force_and_the_log_goes_on_when_there_is_room_again() throws IOException {
        SessionLog log = store().open("c");
        log.accepted(1, Logs.message(1), Logs.NEVER);
        Logs.force(log);
        for (int lastBytes = 0; lastBytes < 60; lastBytes++) {
            disk.lastBytes = lastBytes;
            disk.full = true;
            log.accepted(100 + lastBytes, Logs.message(2), Logs.NEVER);

            assertThat(Logs.forced(log))
                    .failsWithin(Duration.ofSeconds(10))
                    .withThrowableThat()
                    .withMessageContaining("No space left");

            disk.full = false;
            Logs.force(log);
            log.ended(100 + lastBytes);
        }
        log.accepted(3, Logs.message(3), Logs.NEVER);
        Logs.force(log);
        log.close();

        assertThat(Logs.reopened(DiskStore.at(folder), "c").publishes())
                .extracting(StoredPublish::sequence)
                .containsExactly(1L, 3L);
    }

    @Test
    void publishes_that_failed_on_a_full_disk_take_no_room_once_they_have_ended() throws IOException {
        SessionLog log = store().open("c");
        log.accepted(1, Logs.message(1), Logs.NEVER);
        log.received(5);
        Logs.force(log);
        disk.full = true;
        for (int n = 2; n < 5_000; n++) {
            log.accepted(n, Logs.message(n), Logs.NEVER);
            if (n % 1_000 == 0) {
                log.received(n);
                log.sent(n, n);
            }
            assertThat(Logs.forced(log)).failsWithin(Duration.ofSeconds(10));
            if (n % 1_000 != 0) {
                log.ended(n);
            }
        }
        disk.full = false;
        long before = size();
        Logs.force(log);

        assertThat(size() - before).isLessThan(2_000);
        log.completed(2_000);
        log.close();
        assertThat(Logs.reopened(DiskStore.at(folder), "c").publishes())
                .extracting(StoredPublish::sequence)
                .containsExactly(1L, 1_000L, 2_000L, 3_000L, 4_000L);
        assertThat(Logs.reopened(DiskStore.at(folder), "c").publishes())
                .extracting(StoredPublish::packetId)
                .containsExactly(0, 1_000, 2_000, 3_000, 4_000);
        assertThat(Logs.reopened(DiskStore.at(folder), "c").received())
                .containsExactlyInAnyOrder(5, 1_000, 3_000, 4_000);
    }

    /** Eight publishes that a full disk has taken as far as {@code lastBytes}, and that end before there is space again. */
    private SessionLog withFailedPublishes() throws IOException {
        SessionLog log = store().open("c");
        log.accepted(1, Logs.message(1), Logs.NEVER);
        Logs.force(log);
        disk.full = true;
        for (int n = 2; n < 10; n++) {
            log.accepted(n, Logs.message(n), Logs.NEVER);
        }
        assertThat(Logs.forced(log)).failsWithin(Duration.ofSeconds(10));
        for (int n = 2; n < 10; n++) {
            log.ended(n);
        }
        log.received(5);
        assertThat(Logs.forced(log)).failsWithin(Duration.ofSeconds(10));
        return log;
    }

    private List<Long> recovered(List<RecoveryReport> reports) throws IOException {
        DiskStore store = DiskStore.builder(folder).onRecovery(reports::add).build();
        return Logs.reopened(store, "c").publishes().stream()
                .map(StoredPublish::sequence)
                .toList();
    }

    @Test
    void records_of_a_failed_write_do_not_stay_behind_the_shorter_one_that_follows_it() throws IOException {
        for (int lastBytes = 0; lastBytes < 600; lastBytes += 7) {
            disk.lastBytes = lastBytes;
            SessionLog log = withFailedPublishes();
            disk.full = false;
            log.accepted(10, Logs.message(10), Logs.NEVER);
            Logs.force(log);
            log.close();

            List<RecoveryReport> reports = new ArrayList<>();
            assertThat(recovered(reports)).containsExactly(1L, 10L);
            assertThat(reports.get(0).damages()).isEmpty();
            assertThat(reports.get(0).tornBytes()).isZero();
            removeSession();
        }
    }

    private void removeSession() throws IOException {
        for (String name : Disk.SYSTEM.list(folder.resolve("c"))) {
            Disk.SYSTEM.delete(folder.resolve("c").resolve(name));
        }
    }

    @Test
    void the_next_process_finds_nothing_of_a_failed_write() throws IOException {
        disk.lastBytes = 300;
        SessionLog log = withFailedPublishes();
        assertThatThrownBy(log::close).hasMessageContaining("cannot write the last records");

        List<RecoveryReport> reports = new ArrayList<>();
        assertThat(recovered(reports)).containsExactly(1L);
        assertThat(reports.get(0).tornBytes()).isZero();
    }

    @Test
    void nothing_is_written_before_the_bytes_of_a_failed_write_are_gone_for_good() throws IOException {
        disk.lastBytes = 300;
        SessionLog log = withFailedPublishes();
        disk.truncateFails = true;
        assertThat(Logs.forced(log)).failsWithin(Duration.ofSeconds(10));
        disk.full = false;
        assertThat(Logs.forced(log))
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .withMessageContaining("Input/output error");
        disk.truncateFails = false;
        disk.forceFails = true;
        assertThat(Logs.forced(log)).failsWithin(Duration.ofSeconds(10));
        disk.forceFails = false;
        log.accepted(10, Logs.message(10), Logs.NEVER);
        Logs.force(log);
        log.close();

        List<RecoveryReport> reports = new ArrayList<>();
        assertThat(recovered(reports)).containsExactly(1L, 10L);
        assertThat(reports.get(0).isWhole()).isTrue();
    }

    /** A write that follows at once may reach the disk before the new length of the file does. */
    @Test
    void the_bytes_of_a_failed_write_are_gone_from_the_disk_before_the_next_one() throws IOException {
        List<String> steps = new ArrayList<>();
        Segments segments = new Segments(recording(disk, steps), folder, "c", 1, 1_024);
        segments.append(record(), 0);
        disk.full = true;
        assertThatThrownBy(() -> segments.append(record(), 22)).hasMessageContaining("No space left");
        disk.full = false;
        steps.clear();

        segments.append(record(), 22);
        segments.close();

        assertThat(steps).containsExactly("truncate new file", "force new file", "write new file");
    }

    private static ByteBuf record() {
        ByteBuf record = Unpooled.buffer();
        RecordFormat.ended(record, 1);
        return record;
    }

    /** A crash would bring the first one back without the second. */
    @Test
    void a_file_is_deleted_only_when_the_one_before_it_is_gone_from_the_disk() throws IOException {
        List<String> steps = new ArrayList<>();
        Segments segments = new Segments(recording(disk, steps), folder, "c", 1, 1_024);
        for (int address : List.of(0, 1_100, 2_200)) {
            segments.roll(address);
            segments.append(record(), address);
        }
        disk.folderForceFails = true;
        assertThatThrownBy(segments::deleteFirst).hasMessageContaining("Input/output error");
        disk.folderForceFails = false;
        steps.clear();

        segments.deleteFirst();
        segments.close();

        assertThat(steps).containsExactly("force folder", "delete 000000000000044c.log", "force folder");
    }

    /** Only the operating system may have what a killed process has written: the failed force may have lost it. */
    @Test
    void a_failed_first_force_ends_the_log_since_what_was_recovered_may_be_lost() throws IOException {
        SessionLog killed = store().open("c");
        killed.accepted(1, Logs.message(1), Logs.NEVER);
        killed.close();
        SessionLog log = store().open("c");
        disk.forceFails = true;
        log.accepted(2, Logs.message(2), Logs.NEVER);
        assertThat(Logs.forced(log)).failsWithin(Duration.ofSeconds(10));
        disk.forceFails = false;

        assertThat(Logs.forced(log)).isCompletedExceptionally();
        assertThatThrownBy(log::close).hasMessageContaining("Input/output error");
    }

    private long size() throws IOException {
        return StoredLog.in(folder).get(0).bytes();
    }

    @Test
    void a_failed_force_is_not_trusted_the_notes_go_to_a_new_file() throws IOException {
        SessionLog log = store().open("c");
        log.accepted(1, Logs.message(1), Logs.NEVER);
        Logs.force(log);
        disk.forceFails = true;
        log.accepted(2, Logs.message(2), Logs.NEVER);
        assertThat(Logs.forced(log)).failsWithin(Duration.ofSeconds(10));
        disk.forceFails = false;

        Logs.force(log);
        log.accepted(3, Logs.message(3), Logs.NEVER);
        log.close();

        assertThat(Disk.SYSTEM.list(folder.resolve("c"))).hasSize(3);
        assertThat(Logs.reopened(DiskStore.at(folder), "c").publishes())
                .extracting(StoredPublish::sequence)
                .containsExactly(1L, 2L, 3L);
    }

    /** A killed process may have left bytes that only the operating system has: a power failure would then make a hole. */
    @Test
    void what_was_recovered_is_forced_before_a_new_file_follows_it() throws IOException {
        SessionLog killed = DiskStore.at(folder).open("c");
        killed.accepted(1, Logs.message(1), Logs.NEVER);
        Logs.force(killed);
        killed.close();
        List<String> steps = new ArrayList<>();

        SessionLog log = DiskStore.builder(folder)
                .disk(recording(Disk.SYSTEM, steps))
                .build()
                .open("c");
        log.accepted(2, Logs.message(2), Logs.NEVER);
        Logs.force(log);
        log.close();

        steps.removeIf(step -> !step.startsWith("force") || step.equals("force folder"));
        assertThat(steps.subList(0, 2)).containsExactly("force 0000000000000000.log", "force new file");
    }

    /** Notes what succeeds on a disk. */
    private static Disk recording(Disk disk, List<String> steps) {
        return proxy(Disk.class, disk, (method, arguments, result) -> {
            String name = arguments[0] instanceof Path path ? String.valueOf(path.getFileName()) : "";
            switch (method) {
                case "delete" -> steps.add("delete " + name);
                case "forceFolder" -> steps.add("force folder");
                case "open" -> {
                    String file = name.endsWith(Segments.NEW_SUFFIX) ? "new file" : name;
                    return proxy(Disk.File.class, result, (of, none, done) -> {
                        if (List.of("write", "truncate", "force").contains(of)) {
                            steps.add(of + " " + file);
                        }
                        return done;
                    });
                }
                default -> {}
            }
            return result;
        });
    }

    /** Sees each call that has returned, and may replace its result. */
    private interface Seen {
        @Nullable
        Object after(String method, Object[] arguments, @Nullable Object result);
    }

    private static <T> T proxy(Class<T> type, Object target, Seen seen) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    try {
                        return seen.after(method.getName(), arguments, method.invoke(target, arguments));
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                }));
    }

    @Test
    void with_written_durability_a_failed_force_ends_the_log_and_says_so() throws IOException {
        DiskStore store = DiskStore.builder(folder)
                .disk(disk)
                .durability(Durability.written(Duration.ofMillis(1)))
                .build();
        SessionLog log = store.open("c");
        log.accepted(1, Logs.message(1), Logs.NEVER);
        Logs.force(log);
        disk.forceFails = true;
        CompletableFuture<Void> failed = new CompletableFuture<>();
        while (!failed.isCompletedExceptionally()) {
            log.received(1);
            failed = Logs.forced(log);
            failed.handle((done, failure) -> done)
                    .orTimeout(10, TimeUnit.SECONDS)
                    .join();
        }
        disk.forceFails = false;

        assertThat(Logs.forced(log)).isCompletedExceptionally();
        assertThatThrownBy(log::close).hasMessageContaining("Input/output error");
    }

    @Test
    void the_limit_fails_publishes_and_lets_them_in_again_when_others_have_ended() throws IOException {
        DiskStore store =
                DiskStore.builder(folder).segmentSize(1_024).limit(8 * 1_024).build();
        SessionLog log = store.open("c");
        int accepted = 0;
        CompletableFuture<Void> forced = new CompletableFuture<>();
        while (!forced.isCompletedExceptionally()) {
            log.accepted(accepted++, Logs.message(7), Logs.NEVER);
            forced = Logs.forced(log);
            forced.handle((done, failure) -> done)
                    .orTimeout(10, TimeUnit.SECONDS)
                    .join();
        }
        assertThat(forced)
                .failsWithin(Duration.ofSeconds(1))
                .withThrowableThat()
                .withMessageContaining("limit of 8192 bytes");
        assertThat(accepted).isGreaterThan(50);

        for (int n = 0; n < accepted; n++) {
            log.ended(n);
        }
        for (int n = 0; n < 1_000; n++) {
            log.accepted(10_000 + n, Logs.message(7), Logs.NEVER);
            Logs.force(log);
            log.ended(10_000 + n);
        }
        log.close();
        assertThat(Logs.reopened(store, "c").isEmpty()).isTrue();
        assertThat(size()).isLessThan(8 * 1_024);
    }

    @Test
    @Timeout(30)
    void notes_never_wait_for_a_disk_that_hangs() throws IOException {
        SessionLog log = store().open("c");
        CountDownLatch hang = new CountDownLatch(1);
        disk.forcesWaitFor = hang;
        log.received(1);
        CompletableFuture<Void> forced = Logs.forced(log);
        for (int n = 0; n < 10_000; n++) {
            log.accepted(n, Logs.message(n), Logs.NEVER);
        }
        CompletableFuture<Void> later = Logs.forced(log);

        assertThat(forced).isNotDone();
        hang.countDown();
        assertThat(later).succeedsWithin(Duration.ofSeconds(10));
        log.close();
    }

    @Test
    void close_says_when_the_last_notes_could_not_be_written_and_gives_the_session_back() throws IOException {
        SessionLog log = store().open("c");
        log.received(1);
        Logs.force(log);
        disk.full = true;
        log.received(2);

        assertThatThrownBy(log::close)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot write the last records");
        disk.full = false;
        assertThat(Logs.reopened(store(), "c").received()).containsExactly(1);
    }
}
