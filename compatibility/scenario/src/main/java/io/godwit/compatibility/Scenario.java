package io.godwit.compatibility;

import io.godwit.mqtt.client.ClientListener;
import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.testkit.TestBroker;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** What each project shows: a client starts, publishes, receives, loses its connection and recovers. */
public final class Scenario implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final TestBroker broker;
    private final MqttClient client;
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final BlockingQueue<ConnectResult> connections = new LinkedBlockingQueue<>();

    private Scenario(TestBroker broker, UnaryOperator<MqttClientBuilder> settings) {
        this.broker = broker;
        client = settings.apply(MqttClient.builder()
                        .clientId("godwit")
                        .reconnect(Reconnect.fixed(Duration.ofMillis(50)))
                        .listener(new ClientListener() {
                            @Override
                            public void connected(MqttClient connected, ConnectResult result) {
                                connections.add(result);
                            }
                        }))
                .build();
        client.connect();
        expectConnection();
        client.subscribe("to/godwit", Qos.AT_LEAST_ONCE, message -> received.add(message.text()));
    }

    /** A client that is connected to a broker in memory. */
    public static Scenario start() {
        TestBroker broker = TestBroker.start();
        return start(broker, builder -> builder.server(broker.uri()));
    }

    /** The same with this broker, which {@link #close} closes. */
    public static Scenario start(TestBroker broker, UnaryOperator<MqttClientBuilder> settings) {
        try {
            return new Scenario(broker, settings);
        } catch (RuntimeException | Error failure) {
            broker.close();
            throw failure;
        }
    }

    /** All of it. */
    public void run() {
        publishesAndReceives("before");
        losesItsConnectionAndRecovers();
        publishesAndReceives("after");
    }

    /** Publishes with each QoS, and receives what the broker publishes. */
    public void publishesAndReceives(String text) {
        for (Qos qos : Qos.values()) {
            broker.forget();
            String payload = text + " " + qos;
            client.publish(Message.of("from/godwit", payload).withQos(qos));
            broker.awaitMessage(seen -> seen.message().text().equals(payload), LIMIT);
            broker.publish(Message.of("to/godwit", payload).withQos(qos));
            expect(payload);
        }
        byte[] large = new byte[200_000];
        broker.forget();
        client.publish(Message.of("from/godwit", large).withQos(Qos.AT_LEAST_ONCE));
        broker.awaitMessage(seen -> seen.message().payload().length == large.length, LIMIT);
    }

    /** The broker restarts; the client connects and subscribes again. */
    public void losesItsConnectionAndRecovers() {
        connections.clear();
        broker.restart(false);
        expectConnection();
        broker.awaitSubscribed("godwit", "to/godwit", LIMIT);
    }

    /** The next message that the client receives has this text. */
    public void expect(String text) {
        String next = poll(received, "a message with the text '" + text + "'");
        if (!next.equals(text)) {
            throw new AssertionError("expected '" + text + "', received '" + next + "'");
        }
    }

    private void expectConnection() {
        poll(connections, "a connection");
    }

    private static <T> T poll(BlockingQueue<T> queue, String what) {
        try {
            T next = queue.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("timed out after " + LIMIT.toSeconds() + " s waiting for " + what);
            }
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + what, e);
        }
    }

    public TestBroker broker() {
        return broker;
    }

    public MqttClient client() {
        return client;
    }

    @Override
    public void close() {
        client.close();
        broker.close();
    }
}
