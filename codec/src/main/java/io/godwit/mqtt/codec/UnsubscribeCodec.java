package io.godwit.mqtt.codec;

import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.Property.Location;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.Unsubscribe;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** UNSUBSCRIBE, section 3.10. */
public final class UnsubscribeCodec {
    private UnsubscribeCodec() {}

    static int length(Unsubscribe packet, ProtocolVersion version) {
        PacketRules.checkPacketId(PacketType.UNSUBSCRIBE, packet.packetId());
        if (packet.filters().isEmpty()) {
            throw new IllegalArgumentException("an UNSUBSCRIBE needs at least one topic filter [MQTT-3.10.3-2]");
        }
        long length = 2;
        if (version == ProtocolVersion.V5) {
            int inner = PropertiesCodec.length(packet.properties(), Location.UNSUBSCRIBE);
            length += VariableByteInteger.size(inner) + inner;
        }
        for (TopicFilter filter : packet.filters()) {
            length += Strings.size("topic filter", filter.text());
        }
        return FixedHeader.checkLength(PacketType.UNSUBSCRIBE, length);
    }

    static void write(Unsubscribe packet, ProtocolVersion version, ByteBuf out) {
        FixedHeader.write(out, PacketType.UNSUBSCRIBE.firstByte(), length(packet, version));
        out.writeShort(packet.packetId());
        if (version == ProtocolVersion.V5) {
            int inner = PropertiesCodec.length(packet.properties(), Location.UNSUBSCRIBE);
            PropertiesCodec.write(out, packet.properties(), inner);
        }
        for (TopicFilter filter : packet.filters()) {
            Strings.write(out, filter.text());
        }
    }

    static Unsubscribe read(int firstByte, byte[] buffer, int index, int length, ProtocolVersion version) {
        FixedHeader.checkFlags(PacketType.UNSUBSCRIBE, firstByte, version);
        FieldReader in = new FieldReader(PacketType.UNSUBSCRIBE, buffer, index, length);
        int packetId = in.packetId();
        MqttProperties properties =
                version == ProtocolVersion.V5 ? PropertiesCodec.read(in, Location.UNSUBSCRIBE) : MqttProperties.NONE;
        if (in.remaining() == 0) {
            throw in.missing("[MQTT-3.10.3-2]", "there is no topic filter");
        }
        List<TopicFilter> filters = new ArrayList<>();
        while (in.remaining() > 0) {
            filters.add(SubscribeCodec.readFilter(in));
        }
        return new Unsubscribe(packetId, filters, properties);
    }
}
