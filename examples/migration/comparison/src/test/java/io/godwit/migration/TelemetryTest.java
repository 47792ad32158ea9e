package io.godwit.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.checks.Mosquitto;
import io.godwit.checks.Programs;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.protocol.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Each program does the same: over TLS with a private authority and a password, through a restart of the broker. */
class TelemetryTest {
    private static final Duration SOON = Duration.ofSeconds(40);

    @TempDir
    Path folder;

    private final Queue<Message> seen = new ConcurrentLinkedQueue<>();
    private Path ca;
    private Mosquitto broker;
    private MqttClient observer;

    @BeforeEach
    void a_broker_with_TLS_and_an_observer() throws Exception {
        ca = folder.resolve("ca.pem");
        Path key = folder.resolve("key.pem");
        run(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=DNS:localhost",
                "-keyout",
                key.toString(),
                "-out",
                ca.toString());
        Path passwords = folder.resolve("passwords");
        run("mosquitto_passwd", "-b", "-c", passwords.toString(), "boiler", "secret");
        broker = Mosquitto.in(folder)
                .settings("allow_anonymous false", "password_file " + passwords)
                .settings("persistence true", "persistence_location " + folder + "/", "max_queued_messages 0")
                .listener()
                .listener("certfile " + ca, "keyfile " + key)
                .start();
        observer = MqttClient.builder()
                .server("mqtt://localhost:" + broker.port())
                .credentials("boiler", "secret")
                .clientId("observer")
                .cleanSession(false)
                .reconnect(Reconnect.fixed(Duration.ofMillis(100)))
                .build();
        observer.connect();
        observer.subscribe("boiler/#", seen::add);
    }

    @AfterEach
    void end() {
        if (observer != null) {
            observer.close();
            broker.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void no_reading_is_lost_when_the_broker_restarts(Program program) throws Exception {
        Process process = program.start(folder, broker.port(1), ca);
        try {
            awaitSeen("boiler/7/status", "online");
            awaitSeen("boiler/7/temp", "3");
            observer.publish("boiler/7/set", "65");
            await("the command").atMost(SOON).until(() -> output().contains("command: 65\n"));

            broker.stop();
            awaitReadings(readings() + 5);
            broker.restart();
            int last = readings() + 3;
            await("readings 1 to " + last)
                    .atMost(SOON)
                    .untilAsserted(() -> assertThat(temperatures()).as(errors()).containsAll(range(1, last)));

            observer.publish("boiler/7/set", "70");
            await("a command after the restart").atMost(SOON).until(() -> output().contains("command: 70\n"));
            process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
            awaitSeen("boiler/7/status", "offline");
        } finally {
            process.destroyForcibly();
        }
    }

    /** The other programs keep what they have not sent in memory. */
    @ParameterizedTest
    @EnumSource(
            mode = Mode.INCLUDE,
            names = {"PAHO", "GODWIT"})
    void readings_survive_a_killed_process(Program program) throws Exception {
        Process process = program.start(folder, broker.port(1), ca);
        int reached;
        try {
            awaitSeen("boiler/7/temp", "3");
            broker.stop();
            reached = readings();
            awaitReadings(reached + 8);
        } finally {
            process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
        int last = readings() - 3; // what comes after may not have reached the disk
        seen.clear();
        broker.restart();
        Process second = program.start(folder, broker.port(1), ca);
        try {
            // The second process counts from 1 again, so what is there before its first reading is from the first one.
            awaitSeen("boiler/7/temp", "1");
            assertThat(seen.stream()
                            .filter(message -> message.topic().equals("boiler/7/temp"))
                            .map(Message::text)
                            .takeWhile(text -> !text.equals("1"))
                            .map(Integer::valueOf))
                    .as(() -> seen.stream().map(Message::text).toList() + errors())
                    .containsAll(range(reached + 1, last));
        } finally {
            second.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_program_that_is_ended_disconnects_and_has_no_will_published() throws Exception {
        Process process = Program.GODWIT.start(folder, broker.port(1), ca);
        awaitSeen("boiler/7/temp", "1");

        process.destroy();

        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        await("the DISCONNECT").atMost(SOON).until(() -> broker.log().contains("Client boiler-7 disconnected."));
        assertThat(seen).noneMatch(message -> message.text().equals("offline"));
    }

    private void awaitSeen(String topic, String text) {
        await(text + " on " + topic)
                .atMost(SOON)
                .failFast(() -> errors().contains("Exception in thread"))
                .until(() -> seen.stream()
                        .anyMatch(message ->
                                message.topic().equals(topic) && message.text().equals(text)));
    }

    private void awaitReadings(int count) {
        await(count + " readings").atMost(SOON).until(() -> readings() >= count);
    }

    private TreeSet<Integer> temperatures() {
        return seen.stream()
                .filter(message -> message.topic().equals("boiler/7/temp"))
                .map(message -> Integer.valueOf(message.text()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static TreeSet<Integer> range(int first, int last) {
        return IntStream.rangeClosed(first, last).boxed().collect(Collectors.toCollection(TreeSet::new));
    }

    private int readings() {
        return (int)
                output().lines().filter(line -> line.startsWith("reading ")).count();
    }

    private String output() {
        return Program.read(folder.resolve("output.txt"));
    }

    private String errors() {
        return Program.read(folder.resolve("errors.txt"));
    }

    private static void run(String program, String... arguments) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(arguments);
        builder.command().add(0, Programs.require(program).toString());
        Path log = Files.createTempFile("output", ".txt");
        Process process =
                builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        assertThat(process.waitFor()).as(Files.readString(log)).isZero();
        Files.delete(log);
    }
}
