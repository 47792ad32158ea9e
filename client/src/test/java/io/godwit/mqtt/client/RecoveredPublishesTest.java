package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.client.ClientStatistics.Publishes;
import io.godwit.mqtt.client.store.SessionStore;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Puback;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.testkit.ScriptedBroker;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
@DisplayName("Publishes that a session store has kept from an earlier client")
class RecoveredPublishesTest {
    private static final ProtocolVersion V5 = ProtocolVersion.V5;

    private final SessionStore store = SessionStore.inMemory();
    private final Queue<String> told = new ConcurrentLinkedQueue<>();

    private MqttClientBuilder builder(String server) {
        return MqttClient.builder()
                .server(server)
                .protocol(V5)
                .clientId("c")
                .store(store)
                .closeTimeout(Duration.ofMillis(200))
                .listener(new MessageListener() {
                    @Override
                    public void publishAcknowledged(
                            MqttClient client, Message message, PublishResult result, Duration took) {
                        told.add("acknowledged " + message.text());
                    }

                    @Override
                    public void publishFailed(MqttClient client, Message message, MqttException failure) {
                        told.add("failed " + message.text() + ": " + ((PublishException) failure).kind());
                    }
                });
    }

    private void leave(Message... messages) throws Exception {
        try (ServerSocket nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                MqttClient before =
                        builder("mqtt://127.0.0.1:" + nobody.getLocalPort()).build()) {
            before.connectAsync();
            for (Message message : messages) {
                before.publishAsync(message);
            }
        }
        told.clear();
    }

    @Test
    void tell_listener_and_statistics_how_they_ended() throws Exception {
        leave(
                Message.of("t", "taken").withQos(Qos.AT_LEAST_ONCE),
                Message.of("t", "refused").withQos(Qos.AT_LEAST_ONCE),
                Message.of("t", "late").withQos(Qos.AT_LEAST_ONCE).withExpiry(Duration.ofSeconds(1)),
                Message.of("t", "exactly once").withQos(Qos.EXACTLY_ONCE));
        long later = System.currentTimeMillis() + 3_600_000;
        try (ScriptedBroker broker = ScriptedBroker.builder()
                        .connection(script -> script.expectConnect(V5)
                                .sendConnack(V5, true)
                                .expect(PacketType.PUBLISH, V5)
                                .expect(PacketType.PUBLISH, V5)
                                .expect(PacketType.PUBLISH, V5)
                                .send(new Puback(1, ReasonCode.SUCCESS, MqttProperties.NONE), V5)
                                .send(new Puback(2, ReasonCode.NOT_AUTHORIZED, MqttProperties.NONE), V5)
                                .send("50 02 0003")
                                .expect(PacketType.PUBREL, V5)
                                .send("70 02 0003")
                                .stall())
                        .start();
                MqttClient after = builder(broker.uri()).wallClock(() -> later).build()) {
            after.connect();

            await().until(() -> told.size() == 4);

            assertThat(told)
                    .containsExactlyInAnyOrder(
                            "acknowledged taken",
                            "failed refused: " + PublishException.Cause.REFUSED,
                            "failed late: " + PublishException.Cause.EXPIRED,
                            "acknowledged exactly once");
            Publishes figures = after.statistics().publishes();
            assertThat(figures.recovered()).isEqualTo(4);
            assertThat(figures.acknowledged().total()).isEqualTo(2);
            assertThat(figures.failed().total()).isEqualTo(1);
            assertThat(figures.expired().total()).isEqualTo(1);
        }
    }

    @Test
    void tell_that_the_broker_has_lost_the_session() throws Exception {
        try (ScriptedBroker broker = ScriptedBroker.builder()
                        .connection(script ->
                                script.accept(V5).expect(PacketType.PUBLISH, V5).close())
                        .start();
                MqttClient before =
                        builder(broker.uri()).reconnect(Reconnect.never()).build()) {
            before.connect();
            before.publishAsync(Message.of("t", "in doubt").withQos(Qos.EXACTLY_ONCE));
            await().until(() -> !before.isConnected());
        }
        told.clear();
        try (ScriptedBroker broker = ScriptedBroker.builder()
                        .connection(script -> script.accept(V5).stall())
                        .start();
                MqttClient after = builder(broker.uri()).build()) {
            after.connect();

            await().until(() -> !told.isEmpty());

            assertThat(told).containsExactly("failed in doubt: " + PublishException.Cause.SESSION_LOST);
            assertThat(after.statistics().publishes().failed().exactlyOnce()).isOne();
        }
    }
}
