package io.godwit.mqtt.codec;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Property.Location;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Publish;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicName;
import io.godwit.mqtt.protocol.Utf8;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * PUBLISH, section 3.3: a message on its way. Nearly all traffic is this packet, so beside the plain functions there are
 * ones that allocate nothing when writing, and nothing but the message when reading.
 *
 * <p>The topic alias is a field of its own here, not one of the message's properties: it means something on one
 * connection only.
 */
public final class PublishCodec {
    /** The topic field of a packet that is named by its topic alias only. */
    public static final byte[] NO_TOPIC = new byte[2];

    private static final byte[] EMPTY = new byte[0];
    /** Identifier and value of the topic alias property. */
    private static final int ALIAS_SIZE = 3;

    private PublishCodec() {}

    /**
     * A topic name as it stands in the packet: two bytes of length, then UTF-8. To be made once per topic.
     *
     * @throws IllegalArgumentException if it is not a topic name
     */
    public static byte[] topicField(String topic) {
        TopicName.check(topic);
        byte[] utf8 = topic.getBytes(StandardCharsets.UTF_8);
        byte[] field = new byte[2 + utf8.length];
        field[0] = (byte) (utf8.length >> 8);
        field[1] = (byte) utf8.length;
        System.arraycopy(utf8, 0, field, 2, utf8.length);
        return field;
    }

    /**
     * Writes a PUBLISH without making an object.
     *
     * @param message gives payload, QoS and the retain flag; its topic and properties are not looked at
     * @param topicField from {@link #topicField}, or {@link #NO_TOPIC} with an alias
     * @param packetId 1 to 65,535; 0 at QoS 0
     * @param topicAlias 1 to 65,535, or 0 for none
     * @param properties what is written on MQTT 5, such as the message's with what is left of its expiry
     * @throws IllegalArgumentException if the standard forbids the packet; then nothing was written
     */
    public static void write(
            ByteBuf out,
            ProtocolVersion version,
            Message message,
            byte[] topicField,
            boolean dup,
            int packetId,
            int topicAlias,
            MqttProperties properties) {
        if (topicAlias == 0 && properties.isEmpty() && out.hasArray()) {
            writeToArray(out, version, message, topicField, dup, packetId);
        } else {
            writeHead(out, version, message, topicField, dup, packetId, topicAlias, properties);
            out.writeBytes(message.payload());
        }
    }

    /** What most packets are: no alias, no properties. The buffer is checked once, not with each field. */
    private static void writeToArray(
            ByteBuf out, ProtocolVersion version, Message message, byte[] topicField, boolean dup, int packetId) {
        checkFields(version, message.qos(), topicField.length - 2, dup, packetId, 0);
        byte[] payload = message.payload();
        int length = length(version, message, topicField.length, 0);
        out.ensureWritable(FixedHeader.sizeWith(length));
        byte[] to = out.array();
        int from = out.arrayOffset() + out.writerIndex();
        int at = FixedHeader.write(to, from, PacketType.PUBLISH.firstByte() | flags(message, dup), length);
        System.arraycopy(topicField, 0, to, at, topicField.length);
        at += topicField.length;
        if (packetId != 0) {
            to[at++] = (byte) (packetId >> 8);
            to[at++] = (byte) packetId;
        }
        if (version == ProtocolVersion.V5) {
            to[at++] = 0;
        }
        System.arraycopy(payload, 0, to, at, payload.length);
        out.writerIndex(out.writerIndex() + at + payload.length - from);
    }

    private static int flags(Message message, boolean dup) {
        return (dup ? 8 : 0) | message.qos().level() << 1 | (message.retain() ? 1 : 0);
    }

    /** Writes what {@link #write} does but for the payload, which is to follow. */
    public static void writeHead(
            ByteBuf out,
            ProtocolVersion version,
            Message message,
            byte[] topicField,
            boolean dup,
            int packetId,
            int topicAlias,
            MqttProperties properties) {
        checkFields(version, message.qos(), topicField.length - 2, dup, packetId, topicAlias);
        int inner = innerLength(version, topicAlias, properties);
        int length = length(version, message, topicField.length, inner);
        FixedHeader.write(out, PacketType.PUBLISH.firstByte() | flags(message, dup), length);
        out.writeBytes(topicField);
        if (version != ProtocolVersion.V5) {
            if (packetId != 0) {
                out.writeShort(packetId);
            }
        } else if (inner == 0) {
            if (packetId == 0) {
                out.writeByte(0);
            } else {
                out.writeMedium(packetId << 8);
            }
        } else {
            if (packetId != 0) {
                out.writeShort(packetId);
            }
            writeProperties(out, topicAlias, properties, inner);
        }
    }

    /** How many bytes {@link #write(ByteBuf, ProtocolVersion, Message, byte[], boolean, int, int, Properties)} will write. */
    public static int size(
            ProtocolVersion version, Message message, byte[] topicField, int topicAlias, MqttProperties properties) {
        return FixedHeader.sizeWith(
                length(version, message, topicField.length, innerLength(version, topicAlias, properties)));
    }

    /**
     * Reads a message, and what else the packet says into a holder; see {@link PacketCodec#read}. Makes the message with
     * its payload and properties, and what {@code topics} makes. Its topic is empty when only an alias names it.
     *
     * @throws ProtocolViolationException if the standard forbids the packet
     */
    public static Message read(
            int firstByte,
            byte[] in,
            int start,
            int length,
            ProtocolVersion version,
            TopicSource topics,
            PublishFields into) {
        return read(firstByte, in, start, length, length, version, topics, into);
    }

    /**
     * The same for a packet of which {@code available} bytes of the body have come: the message has its payload as far as
     * that has, and the rest is for the caller to fill in.
     *
     * @return null when not all has come that stands before the payload
     * @throws ProtocolViolationException if the standard forbids the packet
     */
    public static @Nullable Message readBegun(
            int firstByte,
            byte[] in,
            int start,
            int available,
            int length,
            ProtocolVersion version,
            TopicSource topics,
            PublishFields into) {
        return headSize(firstByte, in, start, available, version) > available
                ? null
                : read(firstByte, in, start, available, length, version, topics, into);
    }

    /** How many bytes stand before the payload; more than are available when that is not known yet. */
    private static int headSize(int firstByte, byte[] in, int start, int available, ProtocolVersion version) {
        int size = 2 + FieldReader.twoBytes(in, start) + ((firstByte & 6) == 0 ? 0 : 2);
        if (version != ProtocolVersion.V5) {
            return size;
        }
        int properties = 0;
        for (int shift = 0; shift <= 21 && size < available; shift += 7) {
            int b = in[start + size++];
            properties |= (b & 0x7F) << shift;
            if (b >= 0) {
                return size + properties;
            }
        }
        return available + 1;
    }

    private static Message read(
            int firstByte,
            byte[] in,
            int start,
            int available,
            int length,
            ProtocolVersion version,
            TopicSource topics,
            PublishFields into) {
        int qos = firstByte >> 1 & 3;
        boolean dup = (firstByte & 8) != 0;
        checkFlags(qos, dup);
        int end = start + length;
        int topicLength = length < 2 ? length : FieldReader.twoBytes(in, start);
        int index = start + 2 + topicLength + (qos == 0 ? 0 : 2);
        if (index > end) {
            throw fault(
                    ReasonCode.MALFORMED_PACKET,
                    offset(length, 0),
                    "[MQTT-3.3.2-1]",
                    "the topic name claims " + topicLength + " bytes, more than the packet of " + length + " can hold");
        }
        int packetId = qos == 0 ? 0 : packetId(in, start, index - 2, length);
        MqttProperties properties = MqttProperties.NONE;
        int topicAlias = 0;
        if (version == ProtocolVersion.V5) {
            into.clearIdentifiers();
            int behindIdentifiers = into.identifiersApart ? identifiersOnly(in, index, end, into) : 0;
            if (index < end && in[index] == 0) {
                index++;
            } else if (behindIdentifiers > 0) {
                index = behindIdentifiers;
            } else {
                FieldReader fields = new FieldReader(PacketType.PUBLISH, in, start, length);
                fields.skipTo(index);
                properties = PropertiesCodec.read(fields, Location.PUBLISH);
                index = fields.position();
                Integer alias = properties.get(Property.TOPIC_ALIAS);
                if (alias != null) {
                    topicAlias = alias;
                    properties = properties.with(Property.TOPIC_ALIAS, null);
                }
                if (into.identifiersApart && properties.has(Property.SUBSCRIPTION_IDENTIFIER)) {
                    properties.getAll(Property.SUBSCRIPTION_IDENTIFIER).forEach(into::addIdentifier);
                    properties = properties.with(Property.SUBSCRIPTION_IDENTIFIER, null);
                }
            }
        }
        into.dup = dup;
        into.packetId = packetId;
        into.topicAlias = topicAlias;
        return new Message(
                topic(in, start, length, topicLength, topicAlias, topics),
                payload(in, index, start + available, end),
                Qos.of(qos),
                (firstByte & 1) != 0,
                dup,
                properties);
    }

    private static void checkFlags(int qos, boolean dup) {
        if (qos == 3) {
            throw fault(ReasonCode.MALFORMED_PACKET, 0, "[MQTT-3.3.1-4]", "QoS 3 does not exist");
        }
        if (dup && qos == 0) {
            throw fault(ReasonCode.MALFORMED_PACKET, 0, "[MQTT-3.3.1-2]", "the DUP flag is set at QoS 0");
        }
    }

    private static int packetId(byte[] in, int start, int index, int length) {
        int packetId = FieldReader.twoBytes(in, index);
        if (packetId == 0) {
            throw fault(
                    ReasonCode.PROTOCOL_ERROR,
                    offset(length, index - start),
                    "[MQTT-2.2.1-3]",
                    "the packet identifier is 0; it must be 1 to 65,535");
        }
        return packetId;
    }

    /** Reads properties that are nothing but subscription identifiers. Returns where they end; 0: there is something else. */
    private static int identifiersOnly(byte[] in, int from, int end, PublishFields into) {
        int length = from < end ? in[from] : 0;
        int stop = from + 1 + length;
        if (length < 2 || stop > end) {
            return 0;
        }
        int at = from + 1;
        while (at < stop) {
            boolean identifier = in[at++] == Property.SUBSCRIPTION_IDENTIFIER.identifier();
            int value = 0;
            int b = -1;
            for (int shift = 0; b < 0 && identifier && shift <= 21 && at < stop; shift += 7) {
                b = in[at++];
                value |= (b & 0x7F) << shift;
            }
            if (b <= 0) {
                into.clearIdentifiers();
                return 0; // another property, or a value that has to be judged
            }
            into.addIdentifier(value);
        }
        return stop;
    }

    static Publish read(int firstByte, byte[] in, int index, int length, ProtocolVersion version) {
        PublishFields fields = new PublishFields();
        Message message = read(firstByte, in, index, length, version, TopicSource.VALIDATING, fields);
        return new Publish(message, fields.dup, fields.packetId, fields.topicAlias);
    }

    static void write(Publish packet, ProtocolVersion version, ByteBuf out) {
        Message message = packet.message();
        byte[] topic = message.topic().isEmpty() ? NO_TOPIC : topicField(message.topic());
        write(out, version, message, topic, packet.dup(), packet.packetId(), packet.topicAlias(), message.properties());
    }

    static int length(Publish packet, ProtocolVersion version) {
        Message message = packet.message();
        String topic = message.topic();
        int topicBytes = topic.isEmpty() ? 0 : Utf8.length(TopicName.check(topic));
        checkFields(version, message.qos(), topicBytes, packet.dup(), packet.packetId(), packet.topicAlias());
        return length(
                version, message, 2 + topicBytes, innerLength(version, packet.topicAlias(), message.properties()));
    }

    private static void checkFields(
            ProtocolVersion version, Qos qos, int topicBytes, boolean dup, int packetId, int topicAlias) {
        if (qos == Qos.AT_MOST_ONCE) {
            if (dup) {
                throw new IllegalArgumentException("the DUP flag cannot be set at QoS 0 [MQTT-3.3.1-2]");
            }
            if (packetId != 0) {
                throw new IllegalArgumentException(
                        "a PUBLISH of QoS 0 has no packet identifier, and " + packetId + " was given [MQTT-2.2.1-2]");
            }
        } else {
            PacketRules.checkPacketId(PacketType.PUBLISH, packetId);
        }
        if (topicAlias != 0 && (version != ProtocolVersion.V5 || topicAlias < 0 || topicAlias > 0xFFFF)) {
            throw new IllegalArgumentException("the topic alias " + topicAlias + " must be "
                    + (version == ProtocolVersion.V5 ? "0 for none or 1 to 65,535 [MQTT-3.3.2-8]" : "0 before MQTT 5"));
        }
        if (topicBytes == 0 && topicAlias == 0) {
            throw new IllegalArgumentException(
                    "a PUBLISH needs a topic name of at least one character, or on MQTT 5 a topic alias [MQTT-4.7.3-1]");
        }
    }

    /** The bytes of the properties with the alias, without the length in front; 0 before MQTT 5. */
    private static int innerLength(ProtocolVersion version, int topicAlias, MqttProperties properties) {
        if (version != ProtocolVersion.V5) {
            return 0;
        }
        int alias = topicAlias == 0 ? 0 : ALIAS_SIZE;
        if (properties.isEmpty()) {
            return alias;
        }
        if (properties.has(Property.TOPIC_ALIAS)) {
            throw new IllegalArgumentException(
                    "the topic alias is a field of PUBLISH, not a property of the message" + " [MQTT-3.3.2-8]");
        }
        return alias + PropertiesCodec.length(properties, Location.PUBLISH);
    }

    private static int length(ProtocolVersion version, Message message, int topicSize, int inner) {
        long length = (long) topicSize
                + (message.qos() == Qos.AT_MOST_ONCE ? 0 : 2)
                + (version == ProtocolVersion.V5 ? VariableByteInteger.size(inner) + (long) inner : 0)
                + message.payload().length;
        return FixedHeader.checkLength(PacketType.PUBLISH, length);
    }

    private static void writeProperties(ByteBuf out, int topicAlias, MqttProperties properties, int inner) {
        VariableByteInteger.write(out, inner);
        if (topicAlias != 0) {
            out.writeMedium(Property.TOPIC_ALIAS.identifier() << 16 | topicAlias);
        }
        PropertiesCodec.writeEntries(out, properties);
    }

    private static String topic(byte[] in, int start, int length, int topicLength, int topicAlias, TopicSource topics) {
        if (topicLength == 0) {
            if (topicAlias == 0) {
                throw fault(
                        ReasonCode.PROTOCOL_ERROR,
                        offset(length, 0),
                        "[MQTT-4.7.3-1]",
                        "the topic name is empty and there is no topic alias");
            }
            return "";
        }
        try {
            return topics.topic(in, start + 2, topicLength);
        } catch (ProtocolViolationException e) {
            throw e.within(PacketType.PUBLISH, offset(length, 2));
        }
    }

    private static byte[] payload(byte[] in, int from, int available, int to) {
        if (available == to) {
            return from == to ? EMPTY : Arrays.copyOfRange(in, from, to);
        }
        byte[] payload = new byte[to - from];
        System.arraycopy(in, from, payload, 0, available - from);
        return payload;
    }

    /** Where byte {@code index} of the body stands in the packet. */
    private static int offset(int length, int index) {
        return 1 + VariableByteInteger.size(length) + index;
    }

    private static ProtocolViolationException fault(ReasonCode reason, int offset, String statement, String text) {
        return new ProtocolViolationException(PacketType.PUBLISH, reason, offset, statement, text);
    }
}
