package io.godwit.mqtt.store;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * The layout of records in the log, format version 2; {@code docs/store.md} has the tables. A record is a header of 14
 * bytes (mark, type, length of the body, checksum of the header, checksum of the body) followed by the body. See
 * {@link Checksums} for what the checksums protect against.
 */
final class RecordFormat {
    static final int HEADER = 14;
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
    /** Files below an address hold nothing live and may be gone. */
    static final byte DROPPED = 10;
    /** Written behind the last record of a file once the next file exists. */
    static final byte CONTINUED = 11;

    /** The state of a publish: its packet identifier, and this bit once PUBREC has arrived. */
    static final int RELEASED_BIT = 1 << 16;

    /** Set in the state of a PUBLISH record that compaction has copied: an older record of the same publish exists. */
    static final int COPY_BIT = 1 << 17;

    /** Set beside {@link #RELEASED_BIT} in the state of a publish that was given up. */
    static final int ABANDONED_BIT = 1 << 18;

    /** Where a PUBLISH record has the state: after sequence and expiry. */
    static final int STATE_AT = HEADER + 16;

    /** Where the body of a RELEASED record says whether the publish was given up: after sequence and packet identifier. */
    private static final int ABANDONED_AT = 10;

    static final int TYPE_AT = 1;
    static final int LENGTH_AT = 2;
    static final int HEADER_CHECKSUM_AT = 6;
    static final int BODY_CHECKSUM_AT = 10;

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

    /** A RELEASED record with one byte more, which an earlier reader ignores. */
    static void abandoned(ByteBuf log, long sequence, int packetId) {
        int start = begin(log, RELEASED);
        log.writeLong(sequence).writeShort(packetId).writeByte(1);
        end(log, start);
    }

    /** Whether a RELEASED record means that the publish was given up. */
    static boolean isAbandoned(ByteBuf log, int at) {
        return length(log, at) > HEADER + ABANDONED_AT && log.getByte(at + HEADER + ABANDONED_AT) != 0;
    }

    static void ended(ByteBuf log, long sequence) {
        number(log, ENDED, sequence);
    }

    static void identifier(ByteBuf log, byte type, int packetId) {
        int start = begin(log, type);
        log.writeShort(packetId);
        end(log, start);
    }

    static void subscribed(ByteBuf log, long ordinal, TopicSubscription subscription, MqttProperties properties) {
        int start = begin(log, SUBSCRIBED);
        log.writeLong(ordinal);
        SubscriptionBytes.write(log, subscription, properties);
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

    static void dropped(ByteBuf log, long below) {
        number(log, DROPPED, below);
    }

    static void continued(ByteBuf log) {
        end(log, begin(log, CONTINUED));
    }

    private static void number(ByteBuf log, byte type, long number) {
        int start = begin(log, type);
        log.writeLong(number);
        end(log, start);
    }

    private static int begin(ByteBuf log, byte type) {
        int start = log.writerIndex();
        log.writeByte(MARK).writeByte(type).writeInt(0).writeLong(0);
        return start;
    }

    private static void end(ByteBuf log, int start) {
        log.setInt(start + LENGTH_AT, log.writerIndex() - start - HEADER);
    }

    private static void text(ByteBuf log, String text) {
        log.writeCharSequence(text, StandardCharsets.UTF_8);
    }

    /** The length of the record at {@code at}, header and body. */
    static int length(ByteBuf log, int at) {
        return HEADER + log.getInt(at + LENGTH_AT);
    }

    static byte type(ByteBuf log, int at) {
        return log.getByte(at + TYPE_AT);
    }

    /** The sequence of a record about a publish. */
    static long sequence(ByteBuf log, int at) {
        return log.getLong(at + HEADER);
    }
}
