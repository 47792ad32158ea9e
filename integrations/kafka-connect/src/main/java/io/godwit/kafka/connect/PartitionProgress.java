package io.godwit.kafka.connect;

import java.util.TreeSet;

/** How far the records of one partition are published and acknowledged. For one thread. */
final class PartitionProgress {
    /** The offset behind the last record that was taken; -1 before the first. */
    private long next = -1;

    /** Offsets of records that are not acknowledged. */
    private final TreeSet<Long> open = new TreeSet<>();

    /** Rises at each rewind: answers for an earlier generation no longer count. */
    private int generation;

    /** Whether the record is new: not one that Connect gives again after a retriable error. */
    boolean isNew(long offset) {
        return offset >= next;
    }

    /** The record is being published. */
    void begin(long offset) {
        open.add(offset);
        next = offset + 1;
    }

    /** The record is acknowledged, or nothing more will become of it. */
    void done(long offset) {
        open.remove(offset);
        next = Math.max(next, offset + 1);
    }

    /** The record and all behind it will come again. */
    void rewind(long offset) {
        open.clear();
        next = offset;
        generation++;
    }

    int generation() {
        return generation;
    }

    /** The offset to commit: all records before it are acknowledged; -1 if there is nothing to say. */
    long committable() {
        return open.isEmpty() ? next : open.first();
    }
}
