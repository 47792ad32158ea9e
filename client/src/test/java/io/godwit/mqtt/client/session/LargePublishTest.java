package io.godwit.mqtt.client.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.client.session.SessionHarness.Sent;
import io.godwit.mqtt.codec.PacketCodec;
import io.godwit.mqtt.codec.PacketReader;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Publish;
import io.godwit.mqtt.protocol.Qos;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Publishes whose payload is too large to be copied into the outbox. */
class LargePublishTest {
    private final Random random = new Random(1);

    private byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    private static Sent publish(SessionHarness harness, Message message) {
        Sent sent = new Sent(message);
        assertThat(harness.session.publish(sent, harness.now)).isNull();
        return sent;
    }

    private static MqttProperties aliases(ProtocolVersion version) {
        return version == ProtocolVersion.V5 ? MqttProperties.of(Property.TOPIC_ALIAS_MAXIMUM, 5) : MqttProperties.NONE;
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void payloads_of_all_sizes_arrive_as_they_are_and_again_after_a_reconnect(ProtocolVersion version) {
        SessionHarness harness = new SessionHarness(version);
        harness.connect(false, aliases(version));
        List<Message> messages = new ArrayList<>();
        List<Message> arrived = new ArrayList<>();
        for (int size : new int[] {0, 100, 8191, 8192, 8193, 16_384, 100_000, 5, 300_000, 8192}) {
            for (int level = 0; level <= 2; level++) {
                Message message = Message.of("tür/" + size % 3, bytes(size)).withQos(Qos.of(level));
                if (version == ProtocolVersion.V5) {
                    message = message.withContentType("Grüße").withUserProperty("größe", "ß".repeat(1 + size % 1000));
                }
                messages.add(message);
                publish(harness, message);
            }
            arrived.addAll(messages(harness));
        }
        assertThat(payloads(arrived)).isEqualTo(payloads(messages));
        messages.removeIf(message -> message.qos() == Qos.AT_MOST_ONCE);

        harness.reconnect(
                version != ProtocolVersion.V3_1, aliases(version)); // 3.1 does not say whether there is a session

        List<Message> again = messages(harness);
        assertThat(payloads(again)).isEqualTo(payloads(messages));
        assertThat(again).allMatch(Message::isDuplicate);
    }

    /** What is sent, as often as the outbox has room. */
    private static List<Message> messages(SessionHarness harness) {
        List<Message> messages = new ArrayList<>();
        List<Publish> sent = harness.out(Publish.class);
        while (!sent.isEmpty()) {
            sent.forEach(publish -> messages.add(publish.message()));
            harness.session.pump(harness.now);
            sent = harness.out(Publish.class);
        }
        return messages;
    }

    private static List<Integer> payloads(List<Message> messages) {
        return messages.stream()
                .map(message -> Arrays.hashCode(message.payload()))
                .toList();
    }

    @Test
    void at_qos_0_a_payload_may_change_once_its_publish_has_ended() {
        SessionHarness harness = new SessionHarness(ProtocolVersion.V5);
        harness.connect();
        byte[] payload = bytes(100_000);
        byte[] before = payload.clone();
        Sent sent = publish(harness, Message.of("t", payload).withQos(Qos.AT_MOST_ONCE));
        ByteBuf part = harness.session.outbox().take();
        assertThat(harness.session.outbox().take()).isNull();
        harness.session.sent(harness.now);
        harness.finish();
        assertThat(sent.ends).hasSize(1);

        Arrays.fill(payload, (byte) 0);

        List<Publish> packets = new ArrayList<>();
        new PacketReader(PacketReader.LARGEST_PACKET)
                .feed(
                        part,
                        (firstByte, in, index, length) -> packets.add(
                                (Publish) PacketCodec.read(firstByte, in, index, length, ProtocolVersion.V5)));
        assertThat(packets.get(0).message().payload()).isEqualTo(before);
    }

    @Test
    void small_messages_with_text_beyond_ascii_fill_parts_to_the_last_byte() {
        SessionHarness harness = new SessionHarness(ProtocolVersion.V5);
        harness.connect();
        for (int size = 1; size <= 40; size++) {
            List<Message> messages = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                Message message = Message.of("t", bytes(size)).withContentType("Grüße");
                messages.add(message.withQos(Qos.AT_MOST_ONCE));
                publish(harness, messages.get(i));
            }
            assertThat(payloads(messages(harness))).isEqualTo(payloads(messages));
        }
    }
}
