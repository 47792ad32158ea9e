package io.godwit.mqtt.codec;

import io.godwit.mqtt.protocol.Auth;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.Property.Location;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.ReasonCode;
import io.netty.buffer.ByteBuf;
import java.util.EnumSet;

/** AUTH, section 3.15: a step of extended authentication; a reserved packet type before MQTT 5. */
public final class AuthCodec {
    private static final ReasonCodes REASONS = new ReasonCodes(
            PacketType.AUTH,
            "[MQTT-3.15.2-1]",
            EnumSet.of(ReasonCode.SUCCESS, ReasonCode.CONTINUE_AUTHENTICATION, ReasonCode.RE_AUTHENTICATE));

    private AuthCodec() {}

    static int length(Auth packet, ProtocolVersion version) {
        if (version != ProtocolVersion.V5) {
            throw new IllegalArgumentException("AUTH does not exist on MQTT " + version + " (section 3.15)");
        }
        REASONS.check(packet.reason());
        if (packet.properties().isEmpty() && packet.reason() == ReasonCode.SUCCESS) {
            return 0;
        }
        int inner = PropertiesCodec.length(packet.properties(), Location.AUTH);
        return FixedHeader.checkLength(PacketType.AUTH, 1L + VariableByteInteger.size(inner) + inner);
    }

    static void write(Auth packet, ProtocolVersion version, ByteBuf out) {
        int length = length(packet, version);
        FixedHeader.write(out, PacketType.AUTH.firstByte(), length);
        if (length > 0) {
            out.writeByte(packet.reason().code());
            PropertiesCodec.write(out, packet.properties(), PropertiesCodec.length(packet.properties(), Location.AUTH));
        }
    }

    static Auth read(int firstByte, byte[] buffer, int index, int length, ProtocolVersion version) {
        FieldReader in = new FieldReader(PacketType.AUTH, buffer, index, length);
        if (version != ProtocolVersion.V5) {
            throw new ProtocolViolationException(
                    PacketType.AUTH,
                    ReasonCode.MALFORMED_PACKET,
                    0,
                    "(section 2.1.2)",
                    "packet type 15 is reserved on MQTT " + version);
        }
        FixedHeader.checkFlags(PacketType.AUTH, firstByte, version);
        ReasonCode reason = length == 0 ? ReasonCode.SUCCESS : REASONS.read(in);
        MqttProperties properties = length == 0 ? MqttProperties.NONE : PropertiesCodec.read(in, Location.AUTH);
        in.finish();
        return new Auth(reason, properties);
    }
}
