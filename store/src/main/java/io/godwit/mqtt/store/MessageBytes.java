package io.godwit.mqtt.store;

import io.godwit.mqtt.codec.PacketCodec;
import io.godwit.mqtt.codec.PublishCodec;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Publish;
import io.godwit.mqtt.protocol.Qos;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/**
 * A message in the log: a PUBLISH packet of MQTT 5 from its first byte on, whatever version the client speaks, so that no
 * property is lost. Its packet identifier is always 1; the record has the one in use.
 */
final class MessageBytes {
    private static final int IDENTIFIER = 1;

    private MessageBytes() {}

    static void write(ByteBuf log, Message message) {
        int identifier = message.qos() == Qos.AT_MOST_ONCE ? 0 : IDENTIFIER;
        byte[] topic = PublishCodec.topicField(message.topic());
        PublishCodec.write(log, ProtocolVersion.V5, message, topic, false, identifier, 0, message.properties());
    }

    /** Reads the message whose packet fills the rest of the buffer. */
    static Message read(ByteBuf log) {
        return ((Publish) packet(log)).message();
    }

    /** Reads the packet that fills the rest of the buffer. */
    static Packet packet(ByteBuf log) {
        int firstByte = log.readUnsignedByte();
        while (log.readByte() < 0) {
            // The remaining length ends with the first byte below 128; the record knows it too.
        }
        byte[] body = ByteBufUtil.getBytes(log, log.readerIndex(), log.readableBytes(), false);
        return PacketCodec.read(firstByte, body, 0, body.length, ProtocolVersion.V5);
    }
}
