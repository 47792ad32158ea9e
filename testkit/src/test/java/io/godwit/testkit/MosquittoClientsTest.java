package io.godwit.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The test broker and somebody else's client: mosquitto_pub and mosquitto_sub, where they are installed. */
class MosquittoClientsTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private TestBroker broker;

    @BeforeEach
    void start() {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/mosquitto_pub")),
                "mosquitto_pub is not installed; apt-get install mosquitto-clients");
        broker = TestBroker.start();
    }

    @AfterEach
    void stop() {
        if (broker != null) {
            broker.close();
        }
    }

    private Process run(String command, String... more) throws IOException {
        List<String> words =
                new ArrayList<>(List.of(command, "-h", broker.host(), "-p", Integer.toString(broker.port())));
        words.addAll(List.of(more));
        return new ProcessBuilder(words).redirectErrorStream(true).start();
    }

    private static String output(Process process) throws Exception {
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    @ParameterizedTest
    @CsvSource({
        "mqttv31,0",
        "mqttv31,1",
        "mqttv31,2",
        "mqttv311,0",
        "mqttv311,1",
        "mqttv311,2",
        "mqttv5,0",
        "mqttv5,1",
        "mqttv5,2"
    })
    void carries_a_message_from_one_to_the_other(String version, String qos) throws Exception {
        Process sub =
                run("mosquitto_sub", "-V", version, "-i", "sub", "-q", qos, "-t", "a/#", "-C", "1", "-F", "%t %q %p");
        broker.awaitSubscribed("sub", "a/#", SOON);

        assertThat(output(run("mosquitto_pub", "-V", version, "-q", qos, "-t", "a/b", "-m", "hello")))
                .isEmpty();

        assertThat(output(sub)).isEqualTo("a/b " + qos + " hello");
        assertThat(broker.violations()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"mqttv31", "mqttv311", "mqttv5"})
    void keeps_a_session_and_what_came_meanwhile(String version) throws Exception {
        String[] session = {"-V", version, "-c", "-i", "kept", "-q", "2", "-t", "a", "-C", "1"};
        if (version.equals("mqttv5")) {
            session = new String[] {"-V", version, "-c", "-i", "kept", "-q", "2", "-t", "a", "-C", "1", "-x", "100"};
        }
        Process first = run("mosquitto_sub", session);
        broker.awaitSubscribed("kept", "a", SOON);
        broker.publish(Message.of("a", "one").withQos(Qos.EXACTLY_ONCE));
        assertThat(output(first)).isEqualTo("one");
        broker.awaitDisconnected("kept", SOON);

        broker.publish(Message.of("a", "two").withQos(Qos.EXACTLY_ONCE));

        assertThat(output(run("mosquitto_sub", session))).isEqualTo("two");
    }
}
