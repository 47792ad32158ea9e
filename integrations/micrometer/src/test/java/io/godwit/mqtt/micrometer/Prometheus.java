package io.godwit.mqtt.micrometer;

import static org.awaitility.Awaitility.await;

import io.godwit.checks.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A real Prometheus that scrapes one target each second. A test that needs it is skipped where it is not installed. */
final class Prometheus implements AutoCloseable {
    private final HttpClient http = HttpClient.newHttpClient();
    private final int port = Programs.freePort();
    private final Process process;

    /** @param rules the alert rules, with a name in {@code folder} */
    Prometheus(Path folder, int target, Path rules) throws IOException {
        Path program = Programs.require("prometheus");
        Path configuration = Files.writeString(folder.resolve("prometheus.yml"), """
                global:
                  scrape_interval: 1s
                  evaluation_interval: 1s
                rule_files: [%s]
                scrape_configs:
                  - job_name: example
                    static_configs:
                      - targets: ["127.0.0.1:%d"]
                """.formatted(rules, target));
        Path log = folder.resolve("prometheus.log");
        process = new ProcessBuilder(
                        program.toString(),
                        "--config.file=" + configuration,
                        "--storage.tsdb.path=" + folder.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        await("Prometheus is ready")
                .atMost(Duration.ofSeconds(30))
                .until(() -> !process.isAlive()
                        || Programs.answers(port) && get("/-/ready").contains("Ready"));
        if (!process.isAlive()) {
            throw new IllegalStateException("Prometheus ended at once:\n" + Files.readString(log));
        }
    }

    String get(String path) {
        try {
            return http.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                    .timeout(Duration.ofSeconds(10))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The answer to an instant query, as JSON. */
    String query(String expression) {
        return get("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
