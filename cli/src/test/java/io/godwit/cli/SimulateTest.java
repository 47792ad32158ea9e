package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.protocol.Message;
import io.godwit.testkit.SeenMessage;
import io.godwit.testkit.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code simulate} as a process, against a broker in this one. */
@Timeout(180)
class SimulateTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final TestBroker broker = TestBroker.start();

    @AfterEach
    void stop() {
        broker.close();
    }

    private Command simulate(String name, String text, String... more) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text);
        String[] all = new String[6 + more.length];
        List<String> start = List.of("simulate", file.toString(), "-h", broker.host(), "-p", "" + broker.port());
        for (int i = 0; i < all.length; i++) {
            all[i] = i < start.size() ? start.get(i) : more[i - start.size()];
        }
        return Command.godwit(all);
    }

    @Test
    void devices_publish_answer_commands_and_leave_a_will() throws Exception {
        Files.writeString(folder.resolve("devices.csv"), "id,user,password\nkitchen,k,secret\nhall,h,other\n");
        String yaml = """
                identities: devices.csv
                client-id: c-${id}
                username: ${user}
                password: ${password}
                will: {topic: "home/${id}/status", payload: gone, retain: true}
                publish:
                  - topic: home/${id}/t
                    payload: '{"n":${counter},"t":${random 18..25 0.5}}'
                    every: 200ms
                    jitter: 50ms
                    qos: 1
                commands:
                  - topic: home/${id}/set
                    reply: {topic: "home/${id}/state", payload: "${payload}!"}
                """;
        try (Command run = simulate("fleet.yaml", yaml)) {
            broker.awaitSubscribed("c-hall", "home/hall/set", SOON);
            broker.publish(Message.of("home/hall/set", "on"));
            SeenMessage state = broker.awaitMessage(message -> message.topic().equals("home/hall/state"), SOON);
            SeenMessage reading = broker.awaitMessage(message -> message.topic().equals("home/kitchen/t"), SOON);
            run.interrupt().ends(130);

            assertThat(state.text()).isEqualTo("on!");
            assertThat(reading.text()).matches("\\{\"n\":\\d+,\"t\":(1[89]|2[0-5])(\\.5)?}");
            assertThat(broker.violations()).isEmpty();
            assertThat(run.output()).contains("connected").contains("2 of 2").contains("acknowledged");
        }
    }

    @Test
    void a_recording_is_played_by_more_devices_than_it_has() throws Exception {
        String recording = """
                {"at":0.0,"topic":"home/hall/t","payload":"21"}
                {"at":0.1,"topic":"home/attic/t","payload":"15"}
                """;
        try (Command run = simulate("day.jsonl", recording, "--count", "4", "--duration", "2s", "--json")) {
            run.ends(0);

            assertThat(broker.messages())
                    .extracting(SeenMessage::topic)
                    .contains("home/hall/t", "home/attic/t", "home/hall-2/t", "home/attic-2/t");
            assertThat(run.output()).startsWith("{").contains("\"published\"");
        }
    }

    @Test
    void a_lost_connection_publishes_the_will_and_comes_back() throws Exception {
        String yaml = """
                will: {topic: "gone/${id}", payload: gone}
                publish: [{topic: "up/${id}", payload: x, every: 100ms, qos: 1}]
                faults: {offline: {every: 3s, for: 300ms}}
                """;
        try (Command run = simulate("fleet.yaml", yaml, "--duration", "6s")) {
            broker.awaitMessage(message -> message.topic().equals("gone/device-1"), SOON);
            run.ends(0);

            assertThat(broker.connects()).hasSizeGreaterThan(1);
        }
    }

    @Test
    void a_mistake_in_the_file_is_a_usage_error() throws Exception {
        try (Command run = simulate("fleet.yaml", "publish: [{topic: a}]")) {
            run.ends(2);

            assertThat(run.errors()).contains("fleet.yaml: publish[0].every: missing");
        }
    }
}
