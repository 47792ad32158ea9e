package io.godwit.mqtt.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.godwit.mqtt.client.store.SessionLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

@DisplayName("What the store logs")
class StoreLogTest {
    @TempDir
    Path folder;

    private final FailingDisk disk = new FailingDisk();
    private final Logger logger = (Logger) LoggerFactory.getLogger("io.godwit.mqtt.store");
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

    @BeforeEach
    void start() {
        appender.start();
        logger.addAppender(appender);
        logger.setAdditive(false);
        logger.setLevel(Level.INFO);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(appender);
        logger.setAdditive(true);
        logger.setLevel(null);
    }

    private List<String> lines() {
        return List.copyOf(appender.list).stream()
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }

    /** Waits for a line of docs/observability.md, and checks its level and that it names the client. */
    private void awaitLine(String line, String level) throws IOException {
        assertThat(Files.readString(Path.of("../docs/observability.md")))
                .contains("\n| `" + line + "` | " + level + " |");
        Pattern pattern = Pattern.compile(level + " client 'boiler-7': "
                + Pattern.compile("<[^>]+>")
                        .splitAsStream(line)
                        .map(Pattern::quote)
                        .collect(Collectors.joining(".*"))
                + (line.endsWith(">") ? ".*" : ""));
        await(line)
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(lines())
                        .anyMatch(each -> pattern.matcher(each).matches()));
        assertThat(lines()).allMatch(each -> each.contains(" client 'boiler-7': "));
    }

    private Path written() throws IOException {
        SessionLog log = DiskStore.at(folder).open("boiler-7");
        for (int n = 1; n <= 3; n++) {
            log.accepted(n, Logs.message(n), Logs.NEVER);
            Logs.force(log);
        }
        log.close();
        Path session = folder.resolve("boiler-7");
        return session.resolve(Disk.SYSTEM.list(session).stream()
                .filter(name -> name.endsWith(".log"))
                .findFirst()
                .orElseThrow());
    }

    @Test
    void a_damaged_session_is_reported_for_its_client() throws IOException {
        Path file = written();
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);

        DiskStore.at(folder).open("boiler-7").close();

        awaitLine(
                "the stored session is damaged: <what> of <file>, offset <n>, <n> bytes<copy>; the rest was recovered",
                "WARN");
    }

    @Test
    void an_interrupted_write_is_reported_for_its_client() throws IOException {
        Path file = written();
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));

        DiskStore.at(folder).open("boiler-7").close();

        awaitLine(
                "the stored session ends in <n> bytes of an interrupted write in <folder>; they were not safe yet",
                "INFO");
    }

    @Test
    void a_full_disk_is_reported_for_its_client() throws IOException {
        SessionLog log = DiskStore.builder(folder).disk(disk).build().open("boiler-7");
        disk.full = true;
        log.accepted(1, Logs.message(1), Logs.NEVER);
        for (int attempt = 0; attempt < 3; attempt++) {
            assertThat(Logs.forced(log)).failsWithin(Duration.ofSeconds(10));
        }
        disk.full = false;

        awaitLine("cannot write the log in <folder>", "WARN");
        assertThat(lines()).as("once, not for each attempt").hasSize(1);
        Logs.force(log);
        log.close();
    }

    @Test
    void a_compaction_that_fails_is_reported_for_its_client() throws IOException {
        SessionLog log =
                DiskStore.builder(folder).disk(disk).segmentSize(1_024).build().open("boiler-7");
        log.accepted(0, Logs.message(0), Logs.NEVER); // keeps the oldest file alive
        disk.readFails = true;
        for (int n = 1; n < 1_000; n++) {
            log.accepted(n, Logs.message(n), Logs.NEVER);
            log.ended(n);
            if (n % 20 == 0) {
                Logs.force(log);
            }
        }
        disk.readFails = false;

        awaitLine("cannot compact the log in <folder>; its content is intact", "WARN");
        log.close();
    }

    @Test
    void a_log_that_has_lost_data_is_reported_for_its_client() throws IOException {
        SessionLog log = DiskStore.builder(folder)
                .disk(disk)
                .durability(Durability.written(Duration.ofMillis(1)))
                .build()
                .open("boiler-7");
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

        awaitLine("the log in <folder> takes no more records: the disk lost data that it had accepted", "ERROR");
        assertThatThrownBy(log::close).isInstanceOf(IOException.class);
        assertThat(lines()).as("once, not for each force").hasSize(1);
    }

    @Test
    void a_callback_that_throws_is_reported_for_its_client() throws IOException {
        SessionLog log = DiskStore.at(folder).open("boiler-7");
        log.received(1);
        log.force(
                log.position(),
                () -> {
                    throw new IllegalStateException("x");
                },
                failure -> {});

        awaitLine("a callback of the log in <folder> failed", "ERROR");
        log.close();
    }
}
