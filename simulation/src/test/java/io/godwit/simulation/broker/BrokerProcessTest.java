package io.godwit.simulation.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerProcessTest {
    /** Starts a broker, says which process that is, and does nothing more. */
    static final class Program {
        public static void main(String[] folder) throws IOException, InterruptedException {
            try (BrokerProcess broker = BrokerProcess.start("mosquitto", Path.of(folder[0]))) {
                System.out.println(broker.pid());
                new CountDownLatch(1).await();
            }
        }
    }

    @Test
    void it_ends_with_the_process_that_has_started_it(@TempDir Path folder) throws IOException {
        assumeTrue(BrokerProcess.hasMosquitto(), "mosquitto is not installed");
        Process program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName(),
                        folder.toString())
                .start();
        try (BufferedReader lines = program.inputReader()) {
            ProcessHandle broker =
                    ProcessHandle.of(Long.parseLong(lines.readLine())).orElseThrow();
            assertThat(broker.isAlive()).isTrue();

            program.destroy();

            await().atMost(Duration.ofSeconds(20)).until(() -> !broker.isAlive());
        } finally {
            program.destroyForcibly();
        }
    }
}
