package io.godwit.mqtt.store;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.RetainHandling;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * How notes stand in the log, format version 1; {@code docs/store.md} has the tables. A record is a head of ten bytes
 * (mark, type, length of the body, checksum) and a body. The checksum covers the record, its address in the log and a
 * random number of the log: so neither a record of another log, nor an old one in a reused block, nor one inside the
 * payload of a message can be taken for a record of this log.
 */
final class RecordFormat {
    static final int HEAD = 10;
    static final byte MARK = (byte) 0xA7;

    static final byte PUBLISH = 1;
    static final byte SENT = 2;
    static final byte RELEASED = 3;
    static final byte ENDED = 4;
    static final byte RECEIVED = 5;
    static final byte COMPLETED = 6;
    static final byte SUBSCRIBED = 7;
    static final byte UNSUBSCRIBED = 8;
    static final byte CLEARED = 9;

    /** The state of a publish: its packet identifier, and this bit once PUBREC has come. */
    static final int RELEASED_BIT = 1 << 16;

    /** Where the state stands in a PUBLISH record, after sequence and expiry. */
    static final int STATE_AT = HEAD + 16;

    private static final int CRC_AT = 6;
    private static final int LARGEST_BUT_PUBLISH = 9 + 0xFFFF;

    private RecordFormat() {}

    static void publish(ByteBuf log, long sequence, long expiresAt, Message message) {
        int start = begin(log, PUBLISH);
        log.writeLong(sequence).writeLong(expiresAt).writeInt(0);
        MessageBytes.write(log, message);
        end(log, start);
    }

    static void packet(ByteBuf log, byte type, long sequence, int packetId) {
        int start = begin(log, type);
        log.writeLong(sequence).writeShort(packetId);
        end(log, start);
    }

    static void ended(ByteBuf log, long sequence) {
        int start = begin(log, ENDED);
        log.writeLong(sequence);
        end(log, start);
    }

    static void identifier(ByteBuf log, byte type, int packetId) {
        int start = begin(log, type);
        log.writeShort(packetId);
        end(log, start);
    }

    static void subscribed(ByteBuf log, long ordinal, TopicSubscription subscription) {
        int start = begin(log, SUBSCRIBED);
        log.writeLong(ordinal)
                .writeByte(subscription.maximumQos().level()
                        | (subscription.noLocal() ? 4 : 0)
                        | (subscription.retainAsPublished() ? 8 : 0)
                        | subscription.retainHandling().ordinal() << 4);
        text(log, subscription.filter().text());
        end(log, start);
    }

    static void unsubscribed(ByteBuf log, TopicFilter filter) {
        int start = begin(log, UNSUBSCRIBED);
        text(log, filter.text());
        end(log, start);
    }

    static void cleared(ByteBuf log) {
        end(log, begin(log, CLEARED));
    }

    private static int begin(ByteBuf log, byte type) {
        int start = log.writerIndex();
        log.writeByte(MARK).writeByte(type).writeLong(0);
        return start;
    }

    private static void end(ByteBuf log, int start) {
        log.setInt(start + 2, log.writerIndex() - start - HEAD);
    }

    private static void text(ByteBuf log, String text) {
        log.writeCharSequence(text, StandardCharsets.UTF_8);
    }

    /** The length of the record that begins at {@code at}, head and body. */
    static int length(ByteBuf log, int at) {
        return HEAD + log.getInt(at + 2);
    }

    static byte type(ByteBuf log, int at) {
        return log.getByte(at + 1);
    }

    static long sequence(ByteBuf log, int at) {
        return log.getLong(at + HEAD);
    }

    /** Writes the checksums into whole records, the first of which has this address. */
    static void seal(ByteBuf records, long salt, long address) {
        CRC32C crc = new CRC32C();
        ByteBuffer seed = ByteBuffer.allocate(16);
        for (int at = records.readerIndex(); at < records.writerIndex(); ) {
            int length = length(records, at);
            records.setInt(
                    at + CRC_AT, checksum(crc, seed, records, at, length, salt, address + at - records.readerIndex()));
            at += length;
        }
    }

    /** Whether a whole record of this log begins at {@code at}. */
    static boolean isRecord(ByteBuf bytes, int at, long salt, long address) {
        if (bytes.writerIndex() - at < HEAD || bytes.getByte(at) != MARK) {
            return false;
        }
        byte type = bytes.getByte(at + 1);
        int body = bytes.getInt(at + 2);
        // Small limits for small records: else a search through a large damaged payload would check sums for minutes.
        return type >= PUBLISH
                && type <= CLEARED
                && body >= 0
                && (body <= LARGEST_BUT_PUBLISH || type == PUBLISH)
                && body <= bytes.writerIndex() - at - HEAD
                && bytes.getInt(at + CRC_AT)
                        == checksum(new CRC32C(), ByteBuffer.allocate(16), bytes, at, HEAD + body, salt, address);
    }

    private static int checksum(
            CRC32C crc, ByteBuffer seed, ByteBuf bytes, int at, int length, long salt, long address) {
        crc.reset();
        crc.update(seed.clear().putLong(salt).putLong(address).flip());
        crc.update(bytes.nioBuffer(at, CRC_AT));
        crc.update(bytes.nioBuffer(at + HEAD, length - HEAD));
        return (int) crc.getValue();
    }

    static TopicSubscription subscription(ByteBuf body) {
        int options = body.readUnsignedByte();
        return new TopicSubscription(
                filter(body),
                Qos.of(options & 3),
                (options & 4) != 0,
                (options & 8) != 0,
                RetainHandling.of(options >> 4 & 3));
    }

    static TopicFilter filter(ByteBuf body) {
        return TopicFilter.of(body.readCharSequence(body.readableBytes(), StandardCharsets.UTF_8)
                .toString());
    }
}
