package io.godwit.mqtt.client.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.client.store.QueueBounds;
import io.godwit.mqtt.client.store.QueueBounds.WhenFull;
import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.store.SessionLoss;
import io.godwit.mqtt.codec.PacketCodec;
import io.godwit.mqtt.protocol.Connack;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Publish;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicFilter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Messages of which a connection brings a part at a time. */
class LargeMessageTest {
    private static final int SIZE = 100_000;

    private static Session connected(ProtocolVersion version) {
        Session session = new Session(
                new SessionConfig(
                        version,
                        new SessionConfig.Sending(
                                new QueueBounds(10, 10_000, WhenFull.FAIL), 100, 100, SessionLoss.RESEND, 10),
                        new SessionConfig.Receiving(65_535, 1_000_000, 10, false),
                        0),
                SessionLog.NONE,
                UnpooledByteBufAllocator.DEFAULT);
        session.addHandler(() -> TopicFilter.of("#"));
        connect(session, version, false);
        return session;
    }

    private static void connect(Session session, ProtocolVersion version, boolean present) {
        session.open(new Connect(version, "c", false, 60, null, null, null, MqttProperties.NONE), 0);
        ByteBuf bytes = packets(version, new Connack(present, 0, MqttProperties.NONE));
        session.received(bytes, 0);
        bytes.release();
    }

    private static ByteBuf packets(ProtocolVersion version, Packet... packets) {
        ByteBuf bytes = Unpooled.directBuffer();
        for (Packet packet : packets) {
            PacketCodec.write(packet, version, bytes);
        }
        return bytes;
    }

    private static void receive(Session session, ByteBuf bytes) {
        while (bytes.isReadable()) {
            session.received(bytes, 0);
        }
    }

    private static Publish large(int packetId, boolean dup) {
        byte[] payload = new byte[SIZE];
        new Random(packetId).nextBytes(payload);
        return new Publish(Message.of("large", payload).withQos(Qos.EXACTLY_ONCE), dup, packetId, 0);
    }

    @ParameterizedTest
    @EnumSource
    void a_message_is_there_when_its_last_byte_has_come(ProtocolVersion version) {
        Session session = connected(version);
        ByteBuf bytes = packets(version, large(1, false));

        receive(session, bytes.readSlice(bytes.readableBytes() - 1));
        assertThat(session.inbox().hasNext()).isFalse();
        receive(session, bytes);

        Inbox.Batch batch = session.inbox().take();
        assertThat(batch).isNotNull();
        assertThat(batch.size()).isEqualTo(1);
        assertThat(batch.message(0)).isEqualTo(large(1, false).message());
        bytes.release();
    }

    @ParameterizedTest
    @EnumSource(names = {"V3_1_1", "V5"})
    void a_message_that_a_lost_connection_has_begun_comes_whole_on_the_next_one(ProtocolVersion version) {
        Session session = connected(version);
        ByteBuf first = packets(version, large(1, false));
        receive(session, first.readSlice(SIZE / 2));
        session.closed();
        connect(session, version, true);

        ByteBuf second = packets(version, large(2, false), large(1, true));
        receive(session, second);

        Inbox.Batch batch = session.inbox().take();
        assertThat(batch).isNotNull();
        assertThat(batch.size()).isEqualTo(2);
        assertThat(batch.message(0)).isEqualTo(large(2, false).message());
        assertThat(batch.message(1)).isEqualTo(large(1, true).message());
        first.release();
        second.release();
    }
}
