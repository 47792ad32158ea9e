package io.godwit.mqtt.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.checks.Programs;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The example \"Lose nothing\" of the README")
@Timeout(120)
class LoseNothingTest {
    private static final Pattern EXAMPLE = Pattern.compile("## Lose nothing\n\n```java\n(.*?)```", Pattern.DOTALL);
    private static final String STARTED = "the example starts";

    @TempDir
    Path folder;

    @Test
    void without_a_broker_it_says_within_three_seconds_what_is_wrong_and_what_happens_next() throws Exception {
        int port = Programs.freePort();
        Path program = program(readme().replace("mqtt://localhost", "mqtt://127.0.0.1:" + port)
                .replace("Path.of(\"state\")", "Path.of(\"" + folder.resolve("state") + "\")"));
        Process running = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        program.toString())
                .redirectErrorStream(true)
                .start();
        long compiling = System.nanoTime();
        List<String> lines = new ArrayList<>();
        Duration limit = Duration.ofSeconds(3);
        Duration took;
        try (BufferedReader out = running.inputReader()) {
            readUpTo(STARTED, out, lines);
            long started = System.nanoTime();
            Duration start = Duration.ofNanos(started - compiling);
            limit = start.compareTo(limit) > 0
                    ? start
                    : limit; // a busy machine, which took that long to compile a page
            readUpTo("cannot connect", out, lines);
            took = Duration.ofNanos(System.nanoTime() - started);
        } finally {
            running.destroy();
        }

        assertThat(took).isLessThan(limit);
        assertThat(lines.get(lines.size() - 1))
                .contains(
                        "WARN",
                        "client 'boiler-7': cannot connect: 127.0.0.1:" + port + " refused the connection",
                        "is the broker running",
                        "; next attempt in ");
    }

    private static void readUpTo(String part, BufferedReader out, List<String> lines) throws Exception {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            lines.add(line);
            if (line.contains(part)) {
                return;
            }
        }
        throw new AssertionError("the program has ended: " + String.join("\n", lines));
    }

    private static String readme() throws Exception {
        Matcher example = EXAMPLE.matcher(Files.readString(Path.of("../README.md")));
        assertThat(example.find()).isTrue();
        return example.group(1);
    }

    /** A program that Java compiles and runs in one. */
    private Path program(String code) throws Exception {
        return Files.writeString(
                folder.resolve("Example.java"), """
                import io.godwit.mqtt.client.*;
                import io.godwit.mqtt.protocol.*;
                import io.godwit.mqtt.store.DiskStore;
                import java.nio.file.Path;
                import java.util.concurrent.CompletableFuture;

                public class Example {
                    public static void main(String[] arguments) throws Exception {
                        System.out.println("%s");
                """.formatted(STARTED) + code + "\nThread.sleep(60_000);\n}\n}\n");
    }
}
