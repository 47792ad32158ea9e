package io.godwit.mqtt.store;

import io.godwit.mqtt.protocol.TopicFilter;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Which records of a log still count: publishes that have not ended, identifiers that were received, subscriptions. Notes
 * change it as they are made, and recovery changes it in the same way as it reads them again.
 */
final class LiveState {
    /** Keys of subscriptions: this and their ordinal. Publishes have keys from 0 up, received identifiers from -1 down. */
    private static final long SUBSCRIPTIONS = Long.MIN_VALUE;

    private static final long IDENTIFIERS = -70_000;

    final LiveTable table = new LiveTable();
    private final Map<String, Long> ordinals = new HashMap<>();
    private long nextOrdinal;

    static boolean isPublish(long key) {
        return key >= 0;
    }

    static boolean isReceived(long key) {
        return key < 0 && key >= IDENTIFIERS;
    }

    static int packetId(long receivedKey) {
        return (int) -receivedKey;
    }

    void accepted(long sequence, long address, int length, int state) {
        table.put(sequence, address, length, state);
    }

    /** The slot of a publish that has not ended, or -1. */
    int publish(long sequence) {
        return table.find(sequence);
    }

    void sent(long sequence, int packetId) {
        int slot = table.find(sequence);
        if (slot >= 0) {
            table.state(slot, packetId);
        }
    }

    void released(long sequence, int packetId) {
        int slot = table.find(sequence);
        if (slot >= 0) {
            table.state(slot, packetId | RecordFormat.RELEASED_BIT);
        }
    }

    void abandoned(long sequence, int packetId) {
        int slot = table.find(sequence);
        if (slot >= 0) {
            table.state(slot, packetId | RecordFormat.RELEASED_BIT | RecordFormat.ABANDONED_BIT);
        }
    }

    /** The state of a publish, 0 when it has ended. */
    int state(long sequence) {
        int slot = table.find(sequence);
        return slot < 0 ? 0 : table.state(slot);
    }

    void ended(long sequence) {
        remove(sequence);
    }

    void received(int packetId, long address, int length) {
        table.put(-packetId, address, length, 0);
    }

    void completed(int packetId) {
        remove(-packetId);
    }

    /** The place of a subscription in the order in which they were made: its old one when the filter is there. */
    long ordinal(TopicFilter filter) {
        Long known = ordinals.get(filter.text());
        return known == null ? nextOrdinal : known;
    }

    void subscribed(String filter, long ordinal, long address, int length) {
        ordinals.put(filter, ordinal);
        nextOrdinal = Math.max(nextOrdinal, ordinal + 1);
        table.put(SUBSCRIPTIONS + ordinal, address, length, 0);
    }

    void unsubscribed(String filter) {
        Long ordinal = ordinals.remove(filter);
        if (ordinal != null) {
            remove(SUBSCRIPTIONS + ordinal);
        }
    }

    void cleared() {
        for (int slot = table.first(); slot >= 0; ) {
            int next = table.after(slot);
            if (!isPublish(table.key(slot)) || (table.state(slot) & 0xFFFF) != 0) {
                table.remove(slot);
            }
            slot = next;
        }
        ordinals.clear();
    }

    private void remove(long key) {
        int slot = table.find(key);
        if (slot >= 0) {
            table.remove(slot);
        }
    }

    /** Applies the record at {@code at}. */
    void replay(ByteBuf log, int at, long address) {
        int length = RecordFormat.length(log, at);
        int body = at + RecordFormat.HEADER;
        switch (RecordFormat.type(log, at)) {
            case RecordFormat.PUBLISH ->
                accepted(
                        log.getLong(body),
                        address,
                        length,
                        log.getInt(at + RecordFormat.STATE_AT) & ~RecordFormat.COPY_BIT);
            case RecordFormat.SENT -> sent(log.getLong(body), log.getUnsignedShort(body + 8));
            case RecordFormat.RELEASED -> {
                if (RecordFormat.isAbandoned(log, at)) {
                    abandoned(log.getLong(body), log.getUnsignedShort(body + 8));
                } else {
                    released(log.getLong(body), log.getUnsignedShort(body + 8));
                }
            }
            case RecordFormat.ENDED -> ended(log.getLong(body));
            case RecordFormat.RECEIVED -> received(log.getUnsignedShort(body), address, length);
            case RecordFormat.COMPLETED -> completed(log.getUnsignedShort(body));
            case RecordFormat.SUBSCRIBED -> {
                TopicFilter filter = SubscriptionBytes.read(log.slice(body + 8, length - RecordFormat.HEADER - 8))
                        .subscription()
                        .filter();
                subscribed(filter.text(), log.getLong(body), address, length);
            }
            case RecordFormat.UNSUBSCRIBED ->
                unsubscribed(log.toString(body, length - RecordFormat.HEADER, StandardCharsets.UTF_8));
            case RecordFormat.CLEARED -> cleared();
            default ->
                throw new IllegalArgumentException("record type " + RecordFormat.type(log, at)
                        + " is unknown to format version " + SegmentHeader.VERSION);
        }
    }
}
