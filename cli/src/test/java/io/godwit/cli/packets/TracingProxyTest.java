package io.godwit.cli.packets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttConnectException;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.netty.SharedTransport;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.testkit.TestBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TracingProxyTest {
    private final List<SeenPacket> seen = new CopyOnWriteArrayList<>();
    private final List<String> news = new CopyOnWriteArrayList<>();

    @Test
    void all_passes_unaltered_and_is_seen() throws Exception {
        int messages = 100;
        CountDownLatch arrived = new CountDownLatch(messages);
        try (TestBroker broker = TestBroker.start();
                TracingProxy proxy = to(broker.uri());
                MqttClient client =
                        MqttClient.connect("mqtt://127.0.0.1:" + proxy.address().getPort())) {
            client.subscribe("big", message -> {
                if (message.payload().length == 100_000 && message.payload()[99_999] == 7) {
                    arrived.countDown();
                }
            });
            byte[] payload = new byte[100_000];
            payload[99_999] = 7;
            for (int i = 0; i < messages; i++) {
                client.publishAsync(Message.of("big", payload));
            }

            assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(seen.stream().filter(packet -> packet.type() == PacketType.PUBLISH))
                .hasSize(2 * messages);
        await("the end is reported") // after DISCONNECT, either may close first
                .until(() -> news.stream().anyMatch(text -> text.startsWith("#1 closed by the ")));
    }

    @Test
    void a_client_of_plain_tcp_reaches_a_broker_behind_websocket_and_the_tap_sees_mqtt() throws Exception {
        try (TestBroker broker = TestBroker.builder().webSocket("/mqtt").start();
                TracingProxy proxy = to(broker.uri());
                MqttClient client =
                        MqttClient.connect("mqtt://127.0.0.1:" + proxy.address().getPort())) {
            client.publish("a", "b");
        }
        assertThat(seen.stream().map(SeenPacket::type))
                .startsWith(PacketType.CONNECT, PacketType.CONNACK, PacketType.PUBLISH, PacketType.PUBACK);
    }

    @Test
    void a_broker_that_is_not_there_ends_the_client_s_connection() throws Exception {
        try (TracingProxy proxy = to("mqtt://127.0.0.1:1")) {
            assertThatThrownBy(() -> MqttClient.connect(
                            "mqtt://127.0.0.1:" + proxy.address().getPort()))
                    .isInstanceOf(MqttConnectException.class);
        }
        assertThat(news).anyMatch(text -> text.contains("#1 closed, for the broker cannot be reached"));
    }

    @Test
    void an_address_in_use_is_said() throws Exception {
        try (TracingProxy first = to("mqtt://127.0.0.1:1")) {
            assertThatThrownBy(() -> proxy("mqtt://127.0.0.1:1", first.address()))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(
                            "cannot listen on 127.0.0.1:" + first.address().getPort());
        }
    }

    private TracingProxy to(String broker) throws IOException {
        return proxy(broker, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private TracingProxy proxy(String broker, InetSocketAddress address) throws IOException {
        return new TracingProxy(
                SharedTransport.get(),
                TransportOptions.builder()
                        .servers(List.of(ServerAddress.parse(broker)))
                        .build(),
                address,
                name -> new PacketTap(name, ProtocolVersion.V3_1_1, Clock.systemUTC(), seen::add),
                news::add);
    }
}
