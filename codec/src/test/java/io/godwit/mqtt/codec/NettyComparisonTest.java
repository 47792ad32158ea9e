package io.godwit.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttVersion;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A second opinion: what we write, Netty's own MQTT codec reads as the same fields, and the other way round. */
class NettyComparisonTest {
    private static final int PACKETS = 30_000;

    @ParameterizedTest
    @EnumSource
    void netty_reads_what_we_write(ProtocolVersion version) {
        RandomPackets packets = new RandomPackets(version.level());
        EmbeddedChannel netty = new EmbeddedChannel(new MqttDecoder(PacketReader.LARGEST_PACKET));
        tellVersion(netty, version);
        for (int i = 0; i < PACKETS; i++) {
            Packet packet = packets.next(version);
            ByteBuf bytes = Unpooled.buffer();
            PacketCodec.write(packet, version, bytes);

            netty.writeInbound(bytes);

            MqttMessage message = netty.readInbound();
            assertThat(message.decoderResult().cause())
                    .as("packet %d: %s", i, packet)
                    .isNull();
            assertThat(NettyPackets.fromNetty(message)).as("packet %d", i).isEqualTo(NettyPackets.sorted(packet));
        }
        assertThat(netty.finish()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void we_read_what_netty_writes(ProtocolVersion version) {
        RandomPackets packets = new RandomPackets(100 + version.level());
        EmbeddedChannel netty = new EmbeddedChannel(MqttEncoder.INSTANCE);
        netty.writeOutbound(MqttMessageBuilders.connect()
                .protocolVersion(netty(version))
                .clientId("c")
                .build());
        netty.<ByteBuf>readOutbound().release();
        for (int i = 0; i < PACKETS; i++) {
            Packet packet = packets.next(version);

            netty.writeOutbound(NettyPackets.toNetty(packet));

            ByteBuf bytes = netty.readOutbound();
            assertThat(NettyPackets.sorted(read(bytes, version)))
                    .as("packet %d", i)
                    .isEqualTo(NettyPackets.sorted(packet));
            bytes.release();
        }
        assertThat(netty.finish()).isFalse();
    }

    private static void tellVersion(EmbeddedChannel netty, ProtocolVersion version) {
        ByteBuf connect = Unpooled.buffer();
        PacketCodec.write(new RandomPackets(0).next(version, PacketType.CONNECT), version, connect);
        netty.writeInbound(connect);
        assertThat(netty.<MqttMessage>readInbound().decoderResult().isSuccess()).isTrue();
    }

    private static MqttVersion netty(ProtocolVersion version) {
        return MqttVersion.fromProtocolNameAndLevel(version.protocolName(), (byte) version.level());
    }

    private static Packet read(ByteBuf bytes, ProtocolVersion version) {
        Packet[] read = new Packet[1];
        try (PacketReader reader = new PacketReader(PacketReader.LARGEST_PACKET)) {
            reader.version(version);
            reader.feed(bytes, (firstByte, in, index, length) -> {
                read[0] = PacketCodec.read(firstByte, in, index, length, version);
                return true;
            });
        }
        return read[0];
    }
}
