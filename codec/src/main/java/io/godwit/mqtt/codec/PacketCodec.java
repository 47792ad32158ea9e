package io.godwit.mqtt.codec;

import io.godwit.mqtt.protocol.Auth;
import io.godwit.mqtt.protocol.Connack;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Disconnect;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.Pingreq;
import io.godwit.mqtt.protocol.Pingresp;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Puback;
import io.godwit.mqtt.protocol.Pubcomp;
import io.godwit.mqtt.protocol.Publish;
import io.godwit.mqtt.protocol.Pubrec;
import io.godwit.mqtt.protocol.Pubrel;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.Suback;
import io.godwit.mqtt.protocol.Subscribe;
import io.godwit.mqtt.protocol.Unsuback;
import io.godwit.mqtt.protocol.Unsubscribe;
import io.netty.buffer.ByteBuf;

/** Writes and reads packets of any type, each with its own codec. */
public final class PacketCodec {
    private PacketCodec() {}

    /**
     * Writes the packet. CONNECT goes by the version that it carries.
     *
     * @throws IllegalArgumentException if the standard forbids the packet; then nothing was written
     */
    public static void write(Packet packet, ProtocolVersion version, ByteBuf out) {
        if (packet instanceof Publish p) {
            PublishCodec.write(p, version, out);
        } else if (packet instanceof Puback p) {
            AckCodec.PUBACK.write(p.packetId(), p.reason(), p.properties(), version, out);
        } else if (packet instanceof Pubrec p) {
            AckCodec.PUBREC.write(p.packetId(), p.reason(), p.properties(), version, out);
        } else if (packet instanceof Pubrel p) {
            AckCodec.PUBREL.write(p.packetId(), p.reason(), p.properties(), version, out);
        } else if (packet instanceof Pubcomp p) {
            AckCodec.PUBCOMP.write(p.packetId(), p.reason(), p.properties(), version, out);
        } else if (packet instanceof Connect p) {
            ConnectCodec.write(p, out);
        } else if (packet instanceof Connack p) {
            ConnackCodec.write(p, version, out);
        } else if (packet instanceof Subscribe p) {
            SubscribeCodec.write(p, version, out);
        } else if (packet instanceof Suback p) {
            SubackCodec.write(p, version, out);
        } else if (packet instanceof Unsubscribe p) {
            UnsubscribeCodec.write(p, version, out);
        } else if (packet instanceof Unsuback p) {
            UnsubackCodec.write(p, version, out);
        } else if (packet instanceof Pingreq) {
            PingreqCodec.write(out);
        } else if (packet instanceof Pingresp) {
            PingrespCodec.write(out);
        } else if (packet instanceof Disconnect p) {
            DisconnectCodec.write(p, version, out);
        } else {
            AuthCodec.write((Auth) packet, version, out);
        }
    }

    /**
     * Reads the packet whose body of {@code length} bytes begins at {@code index}. The version does not matter for
     * CONNECT, which carries its own.
     *
     * @param firstByte the first byte of the fixed header, 0 to 255
     * @param length the remaining length; the array must have that many bytes
     * @throws ProtocolViolationException if the standard forbids the packet
     */
    public static Packet read(int firstByte, byte[] in, int index, int length, ProtocolVersion version) {
        return switch (firstByte >>> 4) {
            case 1 -> ConnectCodec.read(firstByte, in, index, length);
            case 2 -> ConnackCodec.read(firstByte, in, index, length, version);
            case 3 -> PublishCodec.read(firstByte, in, index, length, version);
            case 4 -> acknowledgement(AckCodec.PUBACK, firstByte, in, index, length, version, Puback::new);
            case 5 -> acknowledgement(AckCodec.PUBREC, firstByte, in, index, length, version, Pubrec::new);
            case 6 -> acknowledgement(AckCodec.PUBREL, firstByte, in, index, length, version, Pubrel::new);
            case 7 -> acknowledgement(AckCodec.PUBCOMP, firstByte, in, index, length, version, Pubcomp::new);
            case 8 -> SubscribeCodec.read(firstByte, in, index, length, version);
            case 9 -> SubackCodec.read(firstByte, in, index, length, version);
            case 10 -> UnsubscribeCodec.read(firstByte, in, index, length, version);
            case 11 -> UnsubackCodec.read(firstByte, in, index, length, version);
            case 12 -> PingreqCodec.read(firstByte, length, version);
            case 13 -> PingrespCodec.read(firstByte, length, version);
            case 14 -> DisconnectCodec.read(firstByte, in, index, length, version);
            case 15 -> AuthCodec.read(firstByte, in, index, length, version);
            default ->
                throw new ProtocolViolationException(
                        null,
                        ReasonCode.MALFORMED_PACKET,
                        0,
                        "(section 2.1.2)",
                        "packet type " + (firstByte >>> 4) + " is reserved; types are 1 to 15");
        };
    }

    private interface Acknowledgement {
        Packet of(int packetId, ReasonCode reason, MqttProperties properties);
    }

    private static Packet acknowledgement(
            AckCodec codec,
            int firstByte,
            byte[] in,
            int index,
            int length,
            ProtocolVersion version,
            Acknowledgement packet) {
        AckFields fields = new AckFields();
        codec.read(firstByte, in, index, length, version, fields);
        return packet.of(fields.packetId, fields.reason, fields.properties);
    }

    /**
     * How many bytes {@link #write} will write, with the fixed header.
     *
     * @throws IllegalArgumentException if the standard forbids the packet
     */
    public static int size(Packet packet, ProtocolVersion version) {
        return FixedHeader.sizeWith(length(packet, version));
    }

    private static int length(Packet packet, ProtocolVersion version) {
        if (packet instanceof Publish p) {
            return PublishCodec.length(p, version);
        } else if (packet instanceof Puback p) {
            return AckCodec.PUBACK.length(p.packetId(), p.reason(), p.properties(), version);
        } else if (packet instanceof Pubrec p) {
            return AckCodec.PUBREC.length(p.packetId(), p.reason(), p.properties(), version);
        } else if (packet instanceof Pubrel p) {
            return AckCodec.PUBREL.length(p.packetId(), p.reason(), p.properties(), version);
        } else if (packet instanceof Pubcomp p) {
            return AckCodec.PUBCOMP.length(p.packetId(), p.reason(), p.properties(), version);
        } else if (packet instanceof Connect p) {
            return ConnectCodec.length(p);
        } else if (packet instanceof Connack p) {
            return ConnackCodec.length(p, version);
        } else if (packet instanceof Subscribe p) {
            return SubscribeCodec.length(p, version);
        } else if (packet instanceof Suback p) {
            return SubackCodec.length(p, version);
        } else if (packet instanceof Unsubscribe p) {
            return UnsubscribeCodec.length(p, version);
        } else if (packet instanceof Unsuback p) {
            return UnsubackCodec.length(p, version);
        } else if (packet instanceof Disconnect p) {
            return DisconnectCodec.length(p, version);
        } else if (packet instanceof Auth p) {
            return AuthCodec.length(p, version);
        } else {
            return 0; // PINGREQ and PINGRESP
        }
    }
}
