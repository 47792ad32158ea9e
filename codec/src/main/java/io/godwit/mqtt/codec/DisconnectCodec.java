package io.godwit.mqtt.codec;

import io.godwit.mqtt.protocol.Disconnect;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.Property.Location;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.ReasonCode;
import io.netty.buffer.ByteBuf;
import java.util.EnumSet;

/** DISCONNECT, section 3.14: the last packet of a connection. On MQTT 5 it says why; "normally" may be left out. */
public final class DisconnectCodec {
    private static final ReasonCodes REASONS = new ReasonCodes(
            PacketType.DISCONNECT,
            "[MQTT-3.14.2-1]",
            EnumSet.of(
                    ReasonCode.SUCCESS,
                    ReasonCode.DISCONNECT_WITH_WILL_MESSAGE,
                    ReasonCode.UNSPECIFIED_ERROR,
                    ReasonCode.MALFORMED_PACKET,
                    ReasonCode.PROTOCOL_ERROR,
                    ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR,
                    ReasonCode.NOT_AUTHORIZED,
                    ReasonCode.SERVER_BUSY,
                    ReasonCode.SERVER_SHUTTING_DOWN,
                    ReasonCode.BAD_AUTHENTICATION_METHOD,
                    ReasonCode.KEEP_ALIVE_TIMEOUT,
                    ReasonCode.SESSION_TAKEN_OVER,
                    ReasonCode.TOPIC_FILTER_INVALID,
                    ReasonCode.TOPIC_NAME_INVALID,
                    ReasonCode.RECEIVE_MAXIMUM_EXCEEDED,
                    ReasonCode.TOPIC_ALIAS_INVALID,
                    ReasonCode.PACKET_TOO_LARGE,
                    ReasonCode.MESSAGE_RATE_TOO_HIGH,
                    ReasonCode.QUOTA_EXCEEDED,
                    ReasonCode.ADMINISTRATIVE_ACTION,
                    ReasonCode.PAYLOAD_FORMAT_INVALID,
                    ReasonCode.RETAIN_NOT_SUPPORTED,
                    ReasonCode.QOS_NOT_SUPPORTED,
                    ReasonCode.USE_ANOTHER_SERVER,
                    ReasonCode.SERVER_MOVED,
                    ReasonCode.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED,
                    ReasonCode.CONNECTION_RATE_EXCEEDED,
                    ReasonCode.MAXIMUM_CONNECT_TIME,
                    ReasonCode.SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED,
                    ReasonCode.WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED));

    private DisconnectCodec() {}

    static int length(Disconnect packet, ProtocolVersion version) {
        REASONS.check(packet.reason(), version);
        if (version != ProtocolVersion.V5) {
            return 0;
        }
        if (packet.properties().isEmpty()) {
            return packet.reason() == ReasonCode.SUCCESS ? 0 : 1;
        }
        int inner = PropertiesCodec.length(packet.properties(), Location.DISCONNECT);
        return FixedHeader.checkLength(PacketType.DISCONNECT, 1L + VariableByteInteger.size(inner) + inner);
    }

    static void write(Disconnect packet, ProtocolVersion version, ByteBuf out) {
        int length = length(packet, version);
        FixedHeader.write(out, PacketType.DISCONNECT.firstByte(), length);
        if (length > 0) {
            out.writeByte(packet.reason().code());
        }
        if (length > 1) {
            int inner = PropertiesCodec.length(packet.properties(), Location.DISCONNECT);
            PropertiesCodec.write(out, packet.properties(), inner);
        }
    }

    static Disconnect read(int firstByte, byte[] buffer, int index, int length, ProtocolVersion version) {
        FixedHeader.checkFlags(PacketType.DISCONNECT, firstByte, version);
        if (version != ProtocolVersion.V5) {
            PacketRules.checkEmpty(PacketType.DISCONNECT, length);
        }
        FieldReader in = new FieldReader(PacketType.DISCONNECT, buffer, index, length);
        ReasonCode reason = length == 0 ? ReasonCode.SUCCESS : REASONS.read(in);
        MqttProperties properties =
                in.remaining() == 0 ? MqttProperties.NONE : PropertiesCodec.read(in, Location.DISCONNECT);
        in.finish();
        return new Disconnect(reason, properties);
    }
}
