package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.checks.Mosquitto;
import io.godwit.checks.Programs;
import io.godwit.cli.output.ExitCodes;
import io.godwit.testkit.FaultProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code bridge} as a process between two Mosquittos. */
class BridgeTest {
    private static final int MANY = 600;

    @TempDir
    Path folder;

    private Mosquitto a;
    private Mosquitto b;
    private Path rules;

    @BeforeEach
    void start() throws IOException {
        Programs.require("mosquitto_sub");
        a = Mosquitto.start(Files.createDirectory(folder.resolve("a")), "max_queued_messages 0");
        b = Mosquitto.start(Files.createDirectory(folder.resolve("b")), "max_queued_messages 0");
        rules = Files.writeString(folder.resolve("rules.toml"), """
                [[topic]]
                filter = "data/#"
                a = "plant/"
                b = "site/"

                [[topic]]
                filter = "up/#"
                direction = "a-to-b"
                qos = 1
                """);
    }

    @AfterEach
    void stop() {
        a.close();
        b.close();
    }

    private Command bridge(int portOfB, String options) {
        return Command.run("godwit bridge mqtt://127.0.0.1:" + a.port() + " mqtt://127.0.0.1:" + portOfB + " --rules "
                + rules + " --name test --store " + folder.resolve("store") + " " + options);
    }

    private static Command listen(Mosquitto broker, String options) {
        return Command.run("stdbuf -oL mosquitto_sub -d -q 2 -p " + broker.port() + " " + options)
                .awaitOutput("Subscribed");
    }

    private static void publish(Mosquitto broker, String options) {
        Command.run("mosquitto_pub -p " + broker.port() + " " + options).ends(0);
    }

    private static List<String> lines(Command command) {
        return command.output().lines().filter(line -> line.startsWith("=")).toList();
    }

    @ParameterizedTest
    @CsvSource({"5", "311", "31"})
    void topics_are_mapped_in_both_directions_and_nothing_goes_in_a_circle(String version) {
        try (Command atA = listen(a, "-t plant/# -t end -F '=%t %p %q'");
                Command atB = listen(b, "-t site/# -t up/# -t end -F '=%t %p %q'");
                Command bridge = bridge(b.port(), "-V " + version).awaitError("is up")) {
            for (int qos = 0; qos < 3; qos++) {
                publish(a, "-q " + qos + " -t plant/data/" + qos + " -m a" + qos);
            }
            publish(a, "-q 2 -t up/x -m capped");
            publish(b, "-q 0 -t up/y -m stays");
            publish(b, "-q 2 -t site/data/b -m b");
            atB.awaitOutput("=up/x capped 1");
            atA.awaitOutput("=plant/data/b b 2");
            publish(a, "-q 2 -t end -m x"); // whatever went in a circle has arrived by then
            publish(b, "-q 2 -t end -m x");
            atA.awaitOutput("=end x 2");
            atB.awaitOutput("=end x 2");

            assertThat(lines(atA)).containsOnlyOnce("=plant/data/b b 2").doesNotContain("=up/y stays 0");
            assertThat(lines(atB))
                    .contains("=site/data/0 a0 0", "=site/data/1 a1 1", "=site/data/2 a2 2", "=up/x capped 1");
            bridge.interrupt().ends(ExitCodes.INTERRUPTED);
            assertThat(bridge.errors()).contains("4 messages from A to B, 1 from B to A");
        }
    }

    @Test
    void properties_and_the_retain_flag_cross() {
        try (Command atB = listen(b, "-V 5 --retain-as-published -t site/# -C 1 -F '=%t %p %r %C %R %D %F <%P>'");
                Command bridge = bridge(b.port(), "").awaitError("is up")) {
            publish(
                    a,
                    "-V 5 -q 1 -r -t plant/data/p -m x -D publish content-type text/plain -D publish response-topic r/t"
                            + " -D publish correlation-data c1 -D publish payload-format-indicator 1 -D publish user-property k v");

            assertThat(lines(atB.ends(0)))
                    .containsExactly("=site/data/p x 1 text/plain r/t c1 1 <k:v godwit-bridge:test>");
            bridge.interrupt().ends(ExitCodes.INTERRUPTED);
        }
    }

    /** The sum of what arrives at B, in spite of whatever happens to the bridge. */
    @ParameterizedTest
    @CsvSource({"5, 1", "5, 2", "311, 1", "311, 2"})
    void nothing_is_lost_when_it_is_killed_and_cut(String version, String qos) throws IOException {
        String options = "-V " + version;
        try (FaultProxy proxy = FaultProxy.to("127.0.0.1", b.port());
                Command atB = listen(b, "-t site/# -F '=%p'")) {
            try (Command bridge = bridge(proxy.port(), options).awaitError("is up")) {
                try (Command pub = publishMany(qos)) {
                    await("some")
                            .atMost(Duration.ofSeconds(60))
                            .until(() -> lines(atB).size() > 50);
                    proxy.cut();
                    await("more")
                            .atMost(Duration.ofSeconds(60))
                            .until(() -> lines(atB).size() > 150);
                    proxy.blackhole();
                    bridge.close(); // SIGKILL
                    pub.ends(0);
                }
            }
            proxy.heal();
            proxy.cut();
            try (Command again = bridge(proxy.port(), options).awaitError("is up")) {
                await("all")
                        .atMost(Duration.ofSeconds(60))
                        .untilAsserted(() -> assertThat(payloads(atB))
                                .as(() -> "the bridge says:\n" + again.errors())
                                .hasSize(MANY));
                again.interrupt().ends(ExitCodes.INTERRUPTED);
            }
        }
    }

    /** Before MQTT 5 a broker cannot announce its limit; Mosquitto ends a connection on which 21 are in flight. */
    @ParameterizedTest
    @CsvSource({"5", "311"})
    void the_limit_of_the_other_broker_is_respected(String version) {
        String options = "-V " + version;
        bridge(b.port(), options).awaitError("is up").interrupt().ends(ExitCodes.INTERRUPTED);
        publishMany("2").ends(0); // they wait in the bridge's session
        try (Command atB = listen(b, "-t site/# -F '=%p'");
                Command bridge = bridge(b.port(), options).awaitError("is up")) {
            await("all")
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(payloads(atB)).hasSize(MANY));
            bridge.interrupt().ends(ExitCodes.INTERRUPTED);

            assertThat(bridge.errors()).doesNotContain("connection lost");
        }
    }

    /** More than fits into the queue of a client that is not connected. */
    @Test
    void large_messages_wait_at_their_broker_while_the_other_one_is_away() throws IOException {
        Path large = Files.write(folder.resolve("large"), new byte[6 << 20]);
        try (FaultProxy proxy = FaultProxy.to("127.0.0.1", b.port());
                Command atB = listen(b, "-t site/# -F '=%t %l'");
                Command bridge = bridge(proxy.port(), "").awaitError("is up")) {
            proxy.refuse();
            proxy.cut();
            bridge.awaitError("B: ");
            for (int n = 0; n < 15; n++) {
                publish(a, "-q 1 -t plant/data/" + n + " -f " + large);
            }
            proxy.accept();

            for (int n = 0; n < 15; n++) {
                atB.awaitOutput("=site/data/" + n + " " + (6 << 20));
            }
            bridge.interrupt().ends(ExitCodes.INTERRUPTED);
        }
    }

    private Command publishMany(String qos) {
        String numbers = IntStream.range(0, MANY).mapToObj(i -> i + "\n").collect(Collectors.joining());
        return Command.run("mosquitto_pub -p " + a.port() + " -q " + qos + " -t plant/data/n -l")
                .input(numbers);
    }

    private static Set<String> payloads(Command subscriber) {
        return new TreeSet<>(lines(subscriber));
    }

    /** Mosquitto counts what it has not been told to be received. */
    @Test
    void a_message_is_acknowledged_only_when_the_other_broker_has_it() throws IOException {
        try (FaultProxy proxy = FaultProxy.to("127.0.0.1", b.port());
                Command atB = listen(b, "-t site/# -F '=%p'");
                Command bridge = bridge(proxy.port(), "").awaitError("is up")) {
            proxy.blackhole();
            publish(a, "-q 1 -t plant/data/1 -m waits");
            bridge.close(); // SIGKILL: broker A must still have it

            proxy.heal();
            proxy.cut();
            try (Command again = bridge(proxy.port(), "").awaitError("is up")) {
                atB.awaitOutput("=waits");
                again.interrupt().ends(ExitCodes.INTERRUPTED);
            }
        }
    }

    @Test
    void an_unreachable_broker_is_reported_at_the_start() {
        Command bridge = bridge(1, "").ends(ExitCodes.UNREACHABLE);

        assertThat(bridge.errors()).contains("nothing listens on port 1");
    }
}
