package io.godwit.mqtt.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.store.StoredSession.StoredPublish;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that notes and forces is ended with SIGKILL: what it said was safe is there. */
class KilledProcessTest {
    private static final int KILLS = 8;

    @TempDir
    Path folder;

    @Test
    @Timeout(100)
    void nothing_that_was_forced_is_lost() throws Exception {
        Random random = new Random(4);
        long next = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            long until = next + 100 + random.nextInt(3_000);
            Process child = child(next);
            await().pollInterval(Duration.ofMillis(5)).until(() -> progress() >= until || !child.isAlive());
            if (kill == 0) {
                assertThatThrownBy(() -> DiskStore.at(folder).open("c"))
                        .hasMessageContaining("held by another process with number " + child.pid());
            }
            assertThat(child.isAlive()).isTrue();
            child.destroyForcibly().waitFor();
            long safe = progress();
            List<StoredPublish> publishes =
                    Logs.reopened(DiskStore.at(folder), "c").publishes();
            Set<Long> found = new HashSet<>();
            publishes.forEach(publish -> found.add(publish.sequence()));
            for (long sequence = Math.max(0, safe - 90); sequence <= safe; sequence++) {
                assertThat(found).as("kill %d, safe up to %d", kill, safe).contains(sequence);
            }
            next = publishes.isEmpty() ? 0 : publishes.get(publishes.size() - 1).sequence() + 1;
        }
        assertThat(next).isGreaterThan(KILLS * 40);
    }

    /** What the child has written last: eight bytes in one write. */
    private long progress() throws IOException {
        ByteBuffer number = ByteBuffer.allocate(8);
        try (FileChannel channel = FileChannel.open(
                folder.resolve("progress"),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            channel.read(number, 0);
        }
        return number.getLong(0);
    }

    private Process child(long next) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        folder.toString(),
                        Long.toString(next))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Notes publishes, ends each a hundred later, and tells a sequence when it is safe. */
    static final class Child {
        public static void main(String[] arguments) throws IOException {
            DiskStore store =
                    DiskStore.builder(Path.of(arguments[0])).segmentSize(4_096).build();
            SessionLog log = store.open("c");
            FileChannel progress = FileChannel.open(Path.of(arguments[0], "progress"), StandardOpenOption.WRITE);
            for (long sequence = Long.parseLong(arguments[1]); ; sequence++) {
                log.accepted(sequence, Logs.message(sequence), Logs.NEVER);
                log.ended(sequence - 100);
                if (sequence % 3 == 0) {
                    Logs.force(log);
                    progress.write(ByteBuffer.allocate(8).putLong(0, sequence), 0);
                }
            }
        }
    }
}
