package io.godwit.mqtt.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HashSet;
import java.util.Set;

/**
 * Records that are encoded and not yet written: two buffers that take turns, one being filled while the other is written.
 * Also knows the address that the next record gets. Guarded by the journal's lock.
 */
final class PendingRecords {
    private static final int SMALL_BUFFER = 4 << 10;
    private static final int LARGE_BUFFER = 1 << 20;

    private ByteBuf filling = Unpooled.directBuffer(SMALL_BUFFER);
    private ByteBuf spare = Unpooled.directBuffer(SMALL_BUFFER);
    private long nextAddress;
    /** Publishes accepted since the last write: only these can exceed the store's limit. */
    private int publishes;

    /** Records on their way to the disk, the first of which has this address. */
    record Batch(ByteBuf bytes, long address, int publishes) {
        long end() {
            return address + bytes.readableBytes();
        }
    }

    PendingRecords(long nextAddress) {
        this.nextAddress = nextAddress;
    }

    /** Where to encode the next record; {@link #added} must follow. */
    ByteBuf buffer() {
        return filling;
    }

    /** The address of the next record. */
    long nextAddress() {
        return nextAddress;
    }

    /** The address of the first record that is not written. */
    long firstAddress() {
        return nextAddress - filling.readableBytes();
    }

    int bytes() {
        return filling.readableBytes();
    }

    /** A record was encoded from this index on. Returns its length. */
    int added(int start) {
        int length = filling.writerIndex() - start;
        nextAddress += length;
        if (isNewPublish(filling, start)) {
            publishes++;
        }
        return length;
    }

    /** Takes all records out to be written; {@link #written} or {@link #takeBack} must follow. */
    Batch take() {
        Batch batch = new Batch(filling, firstAddress(), publishes);
        filling = spare;
        spare = batch.bytes;
        publishes = 0;
        return batch;
    }

    void written(Batch batch) {
        spare = emptied(batch.bytes);
    }

    /** The batch could not be written: its records wait again, before those encoded since. */
    void takeBack(Batch batch, LiveTable live) {
        batch.bytes.writeBytes(filling);
        spare = emptied(filling);
        filling = batch.bytes;
        dropEndedPublishes(live);
    }

    /** Publishes that have ended before they were ever written need no room on the disk. */
    private void dropEndedPublishes(LiveTable live) {
        ByteBuf from = filling;
        ByteBuf kept = Unpooled.directBuffer(SMALL_BUFFER);
        long base = firstAddress();
        Set<Long> dropped = new HashSet<>();
        publishes = 0;
        int slot = live.firstFrom(base);
        for (int at = 0; at < from.writerIndex(); at += RecordFormat.length(from, at)) {
            byte type = RecordFormat.type(from, at);
            boolean isLive = slot >= 0 && live.address(slot) == base + at;
            boolean keep = switch (type) {
                case RecordFormat.PUBLISH -> isLive;
                case RecordFormat.SENT, RecordFormat.RELEASED, RecordFormat.ENDED ->
                    !dropped.contains(RecordFormat.sequence(from, at));
                default -> true;
            };
            if (isLive) {
                live.address(slot, base + kept.writerIndex());
                slot = live.after(slot);
            }
            if (keep) {
                publishes += isNewPublish(from, at) ? 1 : 0;
                kept.writeBytes(from, at, RecordFormat.length(from, at));
            } else if (isNewPublish(from, at)) {
                dropped.add(RecordFormat.sequence(from, at));
            }
        }
        filling = kept;
        from.release();
        nextAddress = base + kept.writerIndex();
    }

    private static boolean isNewPublish(ByteBuf records, int at) {
        return RecordFormat.type(records, at) == RecordFormat.PUBLISH
                && (records.getInt(at + RecordFormat.STATE_AT) & RecordFormat.COPY_BIT) == 0;
    }

    void discard() {
        filling.clear();
        publishes = 0;
    }

    void release() {
        filling.release();
        spare.release();
    }

    private static ByteBuf emptied(ByteBuf buffer) {
        if (buffer.capacity() <= LARGE_BUFFER) {
            return buffer.clear();
        }
        buffer.release();
        return Unpooled.directBuffer(SMALL_BUFFER);
    }
}
