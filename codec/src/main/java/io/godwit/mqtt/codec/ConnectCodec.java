package io.godwit.mqtt.codec;

import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Property.Location;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicName;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** CONNECT, section 3.1: the first packet of a client, and the only one that says which version it is written in. */
public final class ConnectCodec {
    /** The longest client identifier of MQTT 3.1, in characters. */
    public static final int MAX_CLIENT_ID_3_1 = 23;

    private static final int CLEAN_START = 0x02;
    private static final int WILL = 0x04;
    private static final int WILL_QOS = 0x18;
    private static final int WILL_RETAIN = 0x20;
    private static final int PASSWORD = 0x40;
    private static final int USER_NAME = 0x80;

    private ConnectCodec() {}

    static int length(Connect packet) {
        ProtocolVersion version = packet.version();
        String fault = clientIdFault(version, packet.clientId(), packet.cleanStart());
        if (fault != null) {
            throw new IllegalArgumentException(fault);
        }
        if (packet.keepAlive() < 0 || packet.keepAlive() > 0xFFFF) {
            throw new IllegalArgumentException(
                    "keep alive " + packet.keepAlive() + " is out of range: 0 to 65,535 seconds (section 3.1.2.10)");
        }
        byte[] password = packet.password();
        String username = packet.username();
        if (password != null && username == null && version != ProtocolVersion.V5) {
            throw new IllegalArgumentException("a password needs a user name before MQTT 5 [MQTT-3.1.2-22]");
        }
        long length = 2 + version.protocolName().length() + 4L;
        if (version == ProtocolVersion.V5) {
            checkAuthentication(packet.properties());
            length += propertiesSize(packet.properties(), Location.CONNECT);
        }
        length += Strings.size("client identifier", packet.clientId());
        Message will = packet.will();
        if (will != null) {
            length += version == ProtocolVersion.V5 ? propertiesSize(will.properties(), Location.WILL) : 0;
            length += Strings.size("will topic", TopicName.check(will.topic()));
            length += PropertiesCodec.binarySize("will payload", will.payload());
        }
        length += username == null ? 0 : Strings.size("user name", username);
        length += password == null ? 0 : PropertiesCodec.binarySize("password", password);
        return FixedHeader.checkLength(PacketType.CONNECT, length);
    }

    static void write(Connect packet, ByteBuf out) {
        FixedHeader.write(out, PacketType.CONNECT.firstByte(), length(packet));
        ProtocolVersion version = packet.version();
        Strings.write(out, version.protocolName());
        out.writeInt(version.level() << 24 | flags(packet) << 16 | packet.keepAlive());
        if (version == ProtocolVersion.V5) {
            writeProperties(out, packet.properties(), Location.CONNECT);
        }
        Strings.write(out, packet.clientId());
        Message will = packet.will();
        if (will != null) {
            if (version == ProtocolVersion.V5) {
                writeProperties(out, will.properties(), Location.WILL);
            }
            Strings.write(out, will.topic());
            writeBinary(out, will.payload());
        }
        if (packet.username() != null) {
            Strings.write(out, packet.username());
        }
        if (packet.password() != null) {
            writeBinary(out, packet.password());
        }
    }

    @SuppressWarnings("NullAway") // nullable arrays of a record in another module are not understood
    static Connect read(int firstByte, byte[] buffer, int index, int length) {
        FieldReader in = new FieldReader(PacketType.CONNECT, buffer, index, length);
        ProtocolVersion version = readVersion(in);
        FixedHeader.checkFlags(PacketType.CONNECT, firstByte, version);
        int flags = in.oneByte("connect flags");
        checkFlags(in, flags, version);
        int keepAlive = in.twoBytes("keep alive");
        MqttProperties properties = MqttProperties.NONE;
        if (version == ProtocolVersion.V5) {
            properties = PropertiesCodec.read(in, Location.CONNECT);
            if (properties.has(Property.AUTHENTICATION_DATA) && !properties.has(Property.AUTHENTICATION_METHOD)) {
                throw in.fault(
                        ReasonCode.PROTOCOL_ERROR,
                        "(section 3.1.2.11.10)",
                        "there is authentication data without an authentication method");
            }
        }
        boolean cleanStart = (flags & CLEAN_START) != 0;
        String clientId = in.string("client identifier");
        String fault = clientIdFault(version, clientId, cleanStart);
        if (fault != null) {
            throw in.fault(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, fault);
        }
        Message will = (flags & WILL) == 0 ? null : readWill(in, flags, version);
        // In 3.1 the remaining length takes precedence over these two flags: a field may be missing.
        boolean mayLack = version == ProtocolVersion.V3_1;
        String username = null;
        if ((flags & USER_NAME) != 0 && !(mayLack && in.remaining() == 0)) {
            username = in.string("user name");
        }
        byte[] password = null;
        if ((flags & PASSWORD) != 0 && !(mayLack && in.remaining() == 0)) {
            password = in.binary("password");
        }
        in.finish();
        return new Connect(version, clientId, cleanStart, keepAlive, will, username, password, properties);
    }

    private static ProtocolVersion readVersion(FieldReader in) {
        String name = in.string("protocol name");
        int level = in.oneByte("protocol version");
        ProtocolVersion version = ProtocolVersion.of(name, level);
        if (version == null) {
            throw in.fault(
                    ReasonCode.UNSUPPORTED_PROTOCOL_VERSION,
                    "[MQTT-3.1.2-2]",
                    "protocol '" + name + "' of version " + level + " is not known; MQIsdp 3, MQTT 4 and MQTT 5 are");
        }
        return version;
    }

    private static void checkFlags(FieldReader in, int flags, ProtocolVersion version) {
        // 3.1 has no rule for bits that mean nothing.
        boolean strict = version != ProtocolVersion.V3_1;
        if (strict && (flags & 1) != 0) {
            throw in.malformed("[MQTT-3.1.2-3]", "the reserved bit of the connect flags is set");
        }
        if ((flags & WILL) == 0) {
            if (strict && (flags & WILL_QOS) != 0) {
                throw in.malformed("[MQTT-3.1.2-11]", "a will QoS is given without the will flag");
            }
            if (strict && (flags & WILL_RETAIN) != 0) {
                throw in.malformed("[MQTT-3.1.2-13]", "will retain is set without the will flag");
            }
        } else if ((flags & WILL_QOS) == WILL_QOS) {
            throw in.malformed("[MQTT-3.1.2-12]", "the will has QoS 3, which does not exist");
        }
        if ((flags & PASSWORD) != 0 && (flags & USER_NAME) == 0 && version != ProtocolVersion.V5) {
            throw in.malformed("[MQTT-3.1.2-22]", "there is a password without a user name");
        }
    }

    private static Message readWill(FieldReader in, int flags, ProtocolVersion version) {
        MqttProperties properties =
                version == ProtocolVersion.V5 ? PropertiesCodec.read(in, Location.WILL) : MqttProperties.NONE;
        String topic = in.string("will topic");
        String fault = TopicName.fault(topic);
        if (fault != null) {
            throw in.fault(ReasonCode.MALFORMED_PACKET, "will: " + fault);
        }
        byte[] payload = in.binary("will payload");
        Qos qos = Qos.of((flags & WILL_QOS) >> 3);
        return new Message(topic, payload, qos, (flags & WILL_RETAIN) != 0, properties);
    }

    private static @Nullable String clientIdFault(ProtocolVersion version, String clientId, boolean cleanStart) {
        int characters = clientId.codePointCount(0, clientId.length());
        if (version == ProtocolVersion.V3_1 && (characters == 0 || characters > MAX_CLIENT_ID_3_1)) {
            return "the client identifier has " + characters
                    + " characters; MQTT 3.1 wants 1 to 23 (MQTT 3.1, section 3.1)";
        }
        if (version == ProtocolVersion.V3_1_1 && characters == 0 && !cleanStart) {
            return "an empty client identifier needs a clean session on MQTT 3.1.1 [MQTT-3.1.3-8]";
        }
        return null;
    }

    private static void checkAuthentication(MqttProperties properties) {
        if (properties.has(Property.AUTHENTICATION_DATA) && !properties.has(Property.AUTHENTICATION_METHOD)) {
            throw new IllegalArgumentException(
                    "authentication data needs an authentication method (section 3.1.2.11.10)");
        }
    }

    private static int flags(Connect packet) {
        int flags = packet.cleanStart() ? CLEAN_START : 0;
        Message will = packet.will();
        if (will != null) {
            flags |= WILL | will.qos().level() << 3 | (will.retain() ? WILL_RETAIN : 0);
        }
        return flags | (packet.username() == null ? 0 : USER_NAME) | (packet.password() == null ? 0 : PASSWORD);
    }

    private static long propertiesSize(MqttProperties properties, Location location) {
        int inner = PropertiesCodec.length(properties, location);
        return VariableByteInteger.size(inner) + (long) inner;
    }

    private static void writeProperties(ByteBuf out, MqttProperties properties, Location location) {
        PropertiesCodec.write(out, properties, PropertiesCodec.length(properties, location));
    }

    private static void writeBinary(ByteBuf out, byte[] bytes) {
        out.writeShort(bytes.length);
        out.writeBytes(bytes);
    }
}
