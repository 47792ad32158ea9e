package io.godwit.mqtt.codec;

import io.godwit.mqtt.protocol.Connack;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.Property.Location;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.ReasonCode;
import io.netty.buffer.ByteBuf;
import java.util.EnumSet;

/** CONNACK, section 3.2: the server's answer to CONNECT. */
public final class ConnackCodec {
    private static final ReasonCodes REASONS = new ReasonCodes(
            PacketType.CONNACK,
            "[MQTT-3.2.2-8]",
            EnumSet.of(
                    ReasonCode.SUCCESS,
                    ReasonCode.UNSPECIFIED_ERROR,
                    ReasonCode.MALFORMED_PACKET,
                    ReasonCode.PROTOCOL_ERROR,
                    ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR,
                    ReasonCode.UNSUPPORTED_PROTOCOL_VERSION,
                    ReasonCode.CLIENT_IDENTIFIER_NOT_VALID,
                    ReasonCode.BAD_USER_NAME_OR_PASSWORD,
                    ReasonCode.NOT_AUTHORIZED,
                    ReasonCode.SERVER_UNAVAILABLE,
                    ReasonCode.SERVER_BUSY,
                    ReasonCode.BANNED,
                    ReasonCode.BAD_AUTHENTICATION_METHOD,
                    ReasonCode.TOPIC_NAME_INVALID,
                    ReasonCode.PACKET_TOO_LARGE,
                    ReasonCode.QUOTA_EXCEEDED,
                    ReasonCode.PAYLOAD_FORMAT_INVALID,
                    ReasonCode.RETAIN_NOT_SUPPORTED,
                    ReasonCode.QOS_NOT_SUPPORTED,
                    ReasonCode.USE_ANOTHER_SERVER,
                    ReasonCode.SERVER_MOVED,
                    ReasonCode.CONNECTION_RATE_EXCEEDED));

    private ConnackCodec() {}

    static int length(Connack packet, ProtocolVersion version) {
        int code = packet.code();
        if (code < 0 || code > 0xFF) {
            throw new IllegalArgumentException("the return code " + code + " must be 0 to 255 (section 3.2.2.2)");
        }
        if (packet.sessionPresent()) {
            if (version == ProtocolVersion.V3_1) {
                throw new IllegalArgumentException("session present does not exist on MQTT 3.1");
            }
            if (code != 0) {
                throw new IllegalArgumentException(
                        "a CONNACK that refuses the connection cannot have session present set [MQTT-3.2.2-6]");
            }
        }
        if (version != ProtocolVersion.V5) {
            return 2;
        }
        REASONS.check(ReasonCode.of(code));
        int inner = PropertiesCodec.length(packet.properties(), Location.CONNACK);
        return FixedHeader.checkLength(PacketType.CONNACK, 2L + VariableByteInteger.size(inner) + inner);
    }

    static void write(Connack packet, ProtocolVersion version, ByteBuf out) {
        FixedHeader.write(out, PacketType.CONNACK.firstByte(), length(packet, version));
        out.writeShort((packet.sessionPresent() ? 0x100 : 0) | packet.code());
        if (version == ProtocolVersion.V5) {
            int inner = PropertiesCodec.length(packet.properties(), Location.CONNACK);
            PropertiesCodec.write(out, packet.properties(), inner);
        }
    }

    static Connack read(int firstByte, byte[] buffer, int index, int length, ProtocolVersion version) {
        FixedHeader.checkFlags(PacketType.CONNACK, firstByte, version);
        FieldReader in = new FieldReader(PacketType.CONNACK, buffer, index, length);
        int flags = in.oneByte("acknowledge flags");
        if (version == ProtocolVersion.V3_1) {
            flags = 0; // A reserved byte there.
        } else if (flags > 1) {
            throw in.malformed(
                    "[MQTT-3.2.2-1]",
                    "the acknowledge flags are 0x" + Integer.toHexString(flags) + "; only bit 0 is one");
        }
        int code;
        MqttProperties properties = MqttProperties.NONE;
        if (version == ProtocolVersion.V5) {
            code = REASONS.read(in).code();
        } else {
            code = in.oneByte("return code");
        }
        if (flags == 1 && code != 0) {
            throw in.fault(
                    ReasonCode.PROTOCOL_ERROR,
                    "[MQTT-3.2.2-6]",
                    "a CONNACK that refuses the connection has session present set");
        }
        if (version == ProtocolVersion.V5) {
            properties = PropertiesCodec.read(in, Location.CONNACK);
        }
        in.finish();
        return new Connack(flags == 1, code, properties);
    }
}
