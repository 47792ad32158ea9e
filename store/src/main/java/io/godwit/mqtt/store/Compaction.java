package io.godwit.mqtt.store;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps a log small. Files without live records are deleted, oldest first; when more than half of all bytes are dead, the
 * live records of the oldest file are copied to the end of the log, so that it can be deleted too. Before a file goes, a
 * DROPPED record says so: a file that is missing without one was lost.
 *
 * <p>Its methods are called with the I/O lock held; those that touch live records take the journal's lock themselves
 * unless they say otherwise.
 */
final class Compaction {
    /** Up to this many files are not worth merging, however small they are. */
    private static final int FEW_FILES = 4;

    // Set once.
    private final JournalState state;
    private final Segments segments;
    private final int segmentSize;

    // Guarded by the I/O lock.
    /** The address below which files may go once the records up to here are forced. */
    private long announced;

    Compaction(JournalState state, Segments segments, int segmentSize, long announced) {
        this.state = state;
        this.segments = segments;
        this.segmentSize = segmentSize;
        this.announced = announced;
    }

    /**
     * Adds a DROPPED record if the records that wait leave files without live ones. Called with the journal's lock held,
     * right before the records are taken out to be written.
     *
     * @return the address below which files may be deleted once those records are forced
     */
    long announce() {
        LiveTable live = state.live.table;
        int first = live.first();
        long firstLive = first < 0 ? Long.MAX_VALUE : live.address(first);
        long below = segments.startOfFileWith(firstLive);
        if (segments.count() > 1 && below > Math.max(announced, segments.firstStart())) {
            int start = state.pending.buffer().writerIndex();
            RecordFormat.dropped(state.pending.buffer(), below);
            state.pending.added(start);
            announced = below;
        }
        return announced;
    }

    /** Deletes the files below an address that was announced in a forced record. */
    void deleteBelow(long address) throws IOException {
        while (segments.count() > 1 && segments.secondStart() <= address) {
            segments.deleteFirst();
        }
    }

    /**
     * Copies the live records of the oldest file if more than half of the log is dead, or if it lies in many small files: each
     * start of a client begins one. Returns whether it did.
     */
    boolean copyIfWasteful() throws IOException {
        long liveBytes;
        state.lock.lock();
        try {
            liveBytes = state.live.table.bytes();
        } finally {
            state.lock.unlock();
        }
        int files = segments.count();
        long bytes = segments.bytes();
        boolean mostlyDead = bytes > 2 * liveBytes + 2L * segmentSize;
        boolean scattered = files > FEW_FILES + 2 * bytes / segmentSize;
        if (files < 2 || !mostlyDead && !scattered) {
            return false;
        }
        copyOldest();
        return true;
    }

    private record Place(long key, long address, int length) {}

    /** Adds the live records of the oldest of several files again, behind all others. */
    void copyOldest() throws IOException {
        for (Place place : liveInOldest()) {
            ByteBuf record = segments.read(place.address, place.length);
            state.lock.lock();
            try {
                int slot = state.live.table.find(place.key);
                if (slot >= 0 && state.live.table.address(slot) == place.address && state.broken == null) {
                    copy(slot, record);
                }
            } finally {
                state.lock.unlock();
            }
        }
    }

    private List<Place> liveInOldest() {
        List<Place> places = new ArrayList<>();
        state.lock.lock();
        try {
            LiveTable live = state.live.table;
            int slot = live.first();
            while (slot >= 0 && live.address(slot) < segments.secondStart()) {
                places.add(new Place(live.key(slot), live.address(slot), live.length(slot)));
                slot = live.after(slot);
            }
        } finally {
            state.lock.unlock();
        }
        return places;
    }

    private void copy(int slot, ByteBuf record) {
        LiveTable live = state.live.table;
        PendingRecords pending = state.pending;
        if (LiveState.isPublish(live.key(slot))) {
            record.setInt(RecordFormat.STATE_AT, live.state(slot) | RecordFormat.COPY_BIT);
        }
        int start = pending.buffer().writerIndex();
        long address = pending.nextAddress();
        pending.buffer().writeBytes(record);
        int length = pending.added(start);
        live.put(live.key(slot), address, length, live.state(slot));
    }
}
