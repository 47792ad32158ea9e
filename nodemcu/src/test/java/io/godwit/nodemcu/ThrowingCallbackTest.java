package io.godwit.nodemcu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.godwit.checks.Programs;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.testkit.TestBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** What a callback throws is logged with the callback's name, and the callbacks after it run. */
class ThrowingCallbackTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final IllegalStateException BUG = new IllegalStateException("a bug in the application");

    private final Logger logger = (Logger) LoggerFactory.getLogger(Mqtt.class);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final TestBroker broker = TestBroker.start();

    @BeforeEach
    void listen() {
        logged.list = new CopyOnWriteArrayList<>();
        logger.setAdditive(false);
        logger.addAppender(logged);
        logged.start();
    }

    @AfterEach
    void close() {
        logger.detachAppender(logged);
        logger.setAdditive(true);
        broker.close();
    }

    private Mqtt client(ProtocolVersion version) {
        return Mqtt.client(
                new MqttParameters("c", 60, null, null, true, 0),
                MqttSettings.defaults().withVersion(version));
    }

    private void connect(Mqtt client, Consumer<Mqtt> connected) {
        client.connect("127.0.0.1", broker.port(), Secure.off(), false, connected, null);
    }

    private static void bug(Mqtt client) {
        throw BUG;
    }

    /** The names of the callbacks whose exceptions were logged, in order. */
    private List<String> names() {
        List<String> names = new ArrayList<>();
        for (ILoggingEvent event : logged.list) {
            assertThat(event.getLevel()).isEqualTo(Level.ERROR);
            assertThat(event.getThrowableProxy().getMessage()).isEqualTo(BUG.getMessage());
            assertThat(event.getFormattedMessage()).matches("the '.+' callback of client 'c' threw an exception");
            names.add(
                    event.getFormattedMessage().replaceAll("^the '|' callback of client 'c' threw an exception$", ""));
        }
        return names;
    }

    @ParameterizedTest(name = "MQTT {0}")
    @EnumSource(names = "V5", mode = EnumSource.Mode.EXCLUDE)
    void each_callback_is_named_and_keeps_no_other_from_running(ProtocolVersion version) {
        Mqtt client = client(version);
        client.on("connect", it -> {
            seen.add("on connect");
            bug(it);
        });
        client.on("message", (it, topic, data) -> bug(it));
        client.on("offline", ThrowingCallbackTest::bug);

        connect(client, ThrowingCallbackTest::bug);

        await().atMost(SOON).until(() -> names().equals(List.of("connected", "on(\"connect\")")));
        assertThat(seen).containsExactly("on connect");
        client.subscribe("t", 1, ThrowingCallbackTest::bug);
        await().atMost(SOON).until(() -> names().contains("subscribe"));
        broker.publish(Message.of("t", "x"));
        await().atMost(SOON).until(() -> names().contains("on(\"message\")"));
        client.publish("other", "x", 1, false, ThrowingCallbackTest::bug);
        await().atMost(SOON).until(() -> names().contains("publish"));
        client.unsubscribe("t", ThrowingCallbackTest::bug);
        await().atMost(SOON).until(() -> names().contains("unsubscribe"));
        broker.dropConnection("c");
        await().atMost(SOON).until(() -> names().contains("on(\"offline\")"));
        client.close();
    }

    @Test
    void the_failure_callback_is_named_too() {
        Mqtt client = client(ProtocolVersion.V3_1_1);

        client.connect("127.0.0.1", Programs.freePort(), Secure.off(), false, null, (it, reason) -> bug(it));

        await().atMost(SOON).until(() -> names().equals(List.of("failed")));
        client.close();
    }

    @Test
    void an_endless_recursion_ends_one_callback_only() {
        Mqtt client = client(ProtocolVersion.V3_1_1);
        client.on("connect", it -> seen.add("on connect"));

        connect(client, ThrowingCallbackTest::recurse);

        await().atMost(SOON).until(() -> seen.contains("on connect"));
        assertThat(logged.list.get(0).getFormattedMessage()).startsWith("the 'connected' callback");
        client.publish("t", "x", 1, false, it -> seen.add("published"));
        await().atMost(SOON).until(() -> seen.contains("published"));
        client.close();
    }

    @SuppressWarnings("InfiniteRecursion")
    private static void recurse(Mqtt client) {
        recurse(client);
    }
}
