package io.godwit.mqtt.store;

import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.store.StoredSession;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One session's log. A note is encoded into a growing buffer, which costs no I/O and no object; {@link #flush}, on the
 * store's thread, swaps the buffer for an empty one, writes it whole, forces the file once and tells all that waited.
 * It also keeps the log small: files in which nothing counts any more are deleted, and when more than half of the bytes
 * are dead, what still counts in the oldest file is noted anew.
 */
final class SegmentedLog implements SessionLog {
    private static final Logger LOG = LoggerFactory.getLogger(DiskStore.class);

    /** So much is written even when nobody waits for it. */
    private static final int WRITE_AT = 64 << 10;

    private static final int SMALL_BUFFER = 4 << 10;
    private static final int LARGE_BUFFER = 1 << 20;

    // Set once.
    private final Path folder;
    private final DiskStore.Settings settings;
    private final Forcer forcer;
    private final Closeable folderLock;
    private final long salt;

    /** Held while files are touched; taken before {@link #lock}. */
    private final ReentrantLock io = new ReentrantLock();
    // Guarded by io.
    private final Segments segments;

    /** Held for a note or a swap, never across I/O. */
    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by lock.
    private @Nullable StoredSession recovered;
    private final LiveState live;
    private ByteBuf pending = Unpooled.directBuffer(SMALL_BUFFER);
    private ByteBuf spare = Unpooled.directBuffer(SMALL_BUFFER);
    /** Publishes among the pending notes: only with them can the limit be exceeded. */
    private int pendingPublishes;
    /** The address that the next note gets. */
    private long nextAddress;
    /** The address behind the last record that moved out of the oldest file. */
    private long movedUpTo;

    private long position;
    private long safePosition;
    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
    /** Whether {@link #flush} has been asked for and has not begun. */
    private boolean requested;

    private @Nullable IOException broken;
    private boolean closed;

    private record Waiter(long position, Runnable done, Consumer<IOException> failed) {}

    SegmentedLog(
            Path folder,
            DiskStore.Settings settings,
            Forcer forcer,
            Closeable folderLock,
            long salt,
            Segments segments,
            Recovery.Result found) {
        this.folder = folder;
        this.settings = settings;
        this.forcer = forcer;
        this.folderLock = folderLock;
        this.salt = salt;
        this.segments = segments;
        this.live = found.live();
        this.recovered = found.session();
        this.nextAddress = found.end();
    }

    @Override
    public StoredSession recovered() {
        lock.lock();
        try {
            if (recovered == null) {
                throw new IllegalStateException(
                        "what was recovered is handed out until the first note, and one was made");
            }
            return recovered;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void accepted(long sequence, Message message, long expiresAt) {
        lock.lock();
        try {
            if (isNoting()) {
                int start = pending.writerIndex();
                try {
                    RecordFormat.publish(pending, sequence, expiresAt, message);
                } catch (RuntimeException unfit) {
                    pending.writerIndex(start);
                    throw unfit;
                }
                live.accepted(sequence, nextAddress, pending.writerIndex() - start, 0);
                pendingPublishes++;
                noted(start);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void sent(long sequence, int packetId) {
        lock.lock();
        try {
            if (isNoting()) {
                int start = pending.writerIndex();
                RecordFormat.packet(pending, RecordFormat.SENT, sequence, packetId);
                live.sent(sequence, packetId);
                noted(start);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void released(long sequence) {
        lock.lock();
        try {
            if (isNoting()) {
                int start = pending.writerIndex();
                int packetId = live.state(sequence) & 0xFFFF;
                RecordFormat.packet(pending, RecordFormat.RELEASED, sequence, packetId);
                live.released(sequence, packetId);
                noted(start);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void ended(long sequence) {
        lock.lock();
        try {
            if (isNoting()) {
                int start = pending.writerIndex();
                RecordFormat.ended(pending, sequence);
                live.ended(sequence);
                noted(start);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void received(int packetId) {
        lock.lock();
        try {
            if (isNoting()) {
                int start = pending.writerIndex();
                RecordFormat.identifier(pending, RecordFormat.RECEIVED, packetId);
                live.received(packetId, nextAddress, pending.writerIndex() - start);
                noted(start);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void completed(int packetId) {
        lock.lock();
        try {
            if (isNoting()) {
                int start = pending.writerIndex();
                RecordFormat.identifier(pending, RecordFormat.COMPLETED, packetId);
                live.completed(packetId);
                noted(start);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void subscribed(TopicSubscription subscription) {
        lock.lock();
        try {
            if (isNoting()) {
                int start = pending.writerIndex();
                long ordinal = live.ordinal(subscription.filter());
                RecordFormat.subscribed(pending, ordinal, subscription);
                live.subscribed(subscription.filter().text(), ordinal, nextAddress, pending.writerIndex() - start);
                noted(start);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void unsubscribed(TopicFilter filter) {
        lock.lock();
        try {
            if (isNoting()) {
                int start = pending.writerIndex();
                RecordFormat.unsubscribed(pending, filter);
                live.unsubscribed(filter.text());
                noted(start);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void cleared() {
        lock.lock();
        try {
            if (isNoting()) {
                int start = pending.writerIndex();
                RecordFormat.cleared(pending);
                live.cleared();
                noted(start);
            }
        } finally {
            lock.unlock();
        }
    }

    /** A log that is broken for good takes no more notes: they could never be written. */
    private boolean isNoting() {
        if (closed) {
            throw new IllegalStateException("the log in " + folder + " is closed");
        }
        recovered = null;
        position++;
        return broken == null;
    }

    private void noted(int start) {
        nextAddress += pending.writerIndex() - start;
        if (pending.readableBytes() >= WRITE_AT) {
            request();
        }
    }

    private void request() {
        if (!requested) {
            requested = true;
            forcer.request(this);
        }
    }

    @Override
    public long position() {
        lock.lock();
        try {
            return position;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long forced() {
        lock.lock();
        try {
            return safePosition;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void force(long upTo, Runnable done, Consumer<IOException> failed) {
        IOException failure;
        lock.lock();
        try {
            failure = broken;
            if (failure == null && upTo > safePosition) {
                waiters.add(new Waiter(upTo, done, failed));
                request();
                return;
            }
        } finally {
            lock.unlock();
        }
        if (failure != null && upTo > forced()) {
            failed.accept(failure);
        } else {
            done.run();
        }
    }

    /** Writes what is pending, forces it if that is the durability, and tells those who wait. Any thread, without locks. */
    void flush() {
        List<Runnable> told = new ArrayList<>();
        io.lock();
        try {
            flushOnce(told, settings.durability().forcesAtOnce(), true);
        } finally {
            io.unlock();
        }
        tell(told);
    }

    /** Forces what was written before: every n milliseconds when the durability says so. */
    void forceWritten() {
        List<Runnable> told = new ArrayList<>();
        io.lock();
        try {
            if (!closed) {
                segments.force();
                deleteDead(segmentsEnd());
            }
        } catch (IOException failure) {
            breakForGood(failure, told);
        } finally {
            io.unlock();
        }
        tell(told);
    }

    private void flushOnce(List<Runnable> told, boolean force, boolean tidy) {
        ByteBuf out;
        long address;
        long upTo;
        int publishes;
        lock.lock();
        try {
            requested = false;
            if (closed || broken != null) {
                fail(position, broken == null ? new IOException("the log in " + folder + " is closed") : broken, told);
                return;
            }
            out = pending;
            pending = spare;
            spare = out;
            address = nextAddress - out.readableBytes();
            upTo = position;
            publishes = pendingPublishes;
            pendingPublishes = 0;
        } finally {
            lock.unlock();
        }
        long end = address + out.readableBytes();
        try {
            if (out.isReadable()) {
                RecordFormat.seal(out, salt, address);
                segments.append(out, address);
            }
            if (force) {
                segments.force();
            }
        } catch (IOException failure) {
            takeBack(out, upTo, failure, told);
            if (segments.isDoubtful()) {
                if (settings.durability().forcesAtOnce()) {
                    segments.distrust(address);
                } else {
                    // What was written and reported as safe in earlier turns may be gone with the failed force.
                    breakForGood(failure, told);
                }
            }
            return;
        }
        try {
            if (force) {
                deleteDead(end);
            }
            if (tidy) {
                moveOut();
            }
        } catch (IOException failure) {
            LOG.warn("the log in {} could not be made smaller; it is whole", folder, failure);
        }
        boolean full = publishes > 0 && segments.bytes() > settings.limit();
        lock.lock();
        try {
            safePosition = upTo;
            spare = emptied(out);
            if (full) {
                fail(upTo, overLimit(), told);
            }
            while (!waiters.isEmpty() && waiters.getFirst().position <= upTo) {
                told.add(waiters.removeFirst().done);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Publishes over the limit were written, so that the notes beside them are safe, but their senders are told to take
     * them back: a log in which they have ended becomes smaller again.
     */
    private IOException overLimit() {
        return new IOException("the store's limit of " + settings.limit() + " bytes for " + folder
                + " is reached: let publishes end, or set a higher limit");
    }

    private static ByteBuf emptied(ByteBuf buffer) {
        if (buffer.capacity() <= LARGE_BUFFER) {
            return buffer.clear();
        }
        buffer.release();
        return Unpooled.directBuffer(SMALL_BUFFER);
    }

    /** The write failed: the notes wait for the next try, and those who wait for them are told that it failed. */
    private void takeBack(ByteBuf out, long upTo, IOException failure, List<Runnable> told) {
        LOG.warn("the log in {} could not be written", folder, failure);
        lock.lock();
        try {
            out.writeBytes(pending);
            spare = emptied(pending);
            pending = out;
            dropDeadPublishes();
            fail(upTo, failure, told);
        } finally {
            lock.unlock();
        }
    }

    /** Notes of publishes that have ended before they were ever written need not wait for room on the disk. */
    private void dropDeadPublishes() {
        ByteBuf from = pending;
        ByteBuf kept = Unpooled.directBuffer(SMALL_BUFFER);
        LiveTable table = live.table;
        long base = nextAddress - from.readableBytes();
        Set<Long> dropped = new HashSet<>();
        int publishes = 0;
        int slot = table.first();
        while (slot >= 0 && table.address(slot) < base) {
            slot = table.after(slot);
        }
        for (int at = 0; at < from.writerIndex(); at += RecordFormat.length(from, at)) {
            boolean counts = slot >= 0 && table.address(slot) == base + at;
            boolean keep = switch (RecordFormat.type(from, at)) {
                case RecordFormat.PUBLISH -> counts;
                case RecordFormat.SENT, RecordFormat.RELEASED, RecordFormat.ENDED ->
                    !dropped.contains(RecordFormat.sequence(from, at));
                default -> true;
            };
            if (!keep && RecordFormat.type(from, at) == RecordFormat.PUBLISH) {
                dropped.add(RecordFormat.sequence(from, at));
            }
            if (counts) {
                table.address(slot, base + kept.writerIndex());
                slot = table.after(slot);
            }
            if (keep) {
                publishes += RecordFormat.type(from, at) == RecordFormat.PUBLISH ? 1 : 0;
                kept.writeBytes(from, at, RecordFormat.length(from, at));
            }
        }
        pending = kept;
        from.release();
        pendingPublishes = publishes;
        nextAddress = base + kept.writerIndex();
    }

    private void fail(long upTo, IOException failure, List<Runnable> told) {
        while (!waiters.isEmpty() && waiters.getFirst().position <= upTo) {
            Waiter waiter = waiters.removeFirst();
            told.add(() -> waiter.failed.accept(failure));
        }
    }

    private void breakForGood(IOException cause, List<Runnable> told) {
        LOG.error("the log in {} is given up: the disk failed to keep what it had taken", folder, cause);
        lock.lock();
        try {
            broken = cause;
            pending.clear();
            fail(Long.MAX_VALUE, cause, told);
        } finally {
            lock.unlock();
        }
    }

    private void tell(List<Runnable> told) {
        for (Runnable one : told) {
            try {
                one.run();
            } catch (RuntimeException fault) {
                LOG.error("a listener of the log in {} failed", folder, fault);
            }
        }
    }

    private long segmentsEnd() {
        lock.lock();
        try {
            return nextAddress - pending.readableBytes();
        } finally {
            lock.unlock();
        }
    }

    /** Deletes the oldest files in which nothing counts, once what moved out of them is on the disk itself. */
    private void deleteDead(long safeEnd) throws IOException {
        while (segments.count() > 1 && segments.firstEnd() <= firstLive(safeEnd)) {
            segments.deleteFirst();
        }
    }

    private long firstLive(long safeEnd) {
        lock.lock();
        try {
            if (movedUpTo > safeEnd) {
                return 0;
            }
            int first = live.table.first();
            return first < 0 ? Long.MAX_VALUE : live.table.address(first);
        } finally {
            lock.unlock();
        }
    }

    /** When more than half is dead, notes anew what counts in the oldest file, so that it can be deleted. */
    private void moveOut() throws IOException {
        long liveBytes;
        lock.lock();
        try {
            liveBytes = live.table.bytes();
        } finally {
            lock.unlock();
        }
        if (segments.count() > 1 && segments.bytes() > 2 * liveBytes + 2 * settings.segmentSize()) {
            moveOutOfFirst();
        }
    }

    private void moveOutOfFirst() throws IOException {
        List<long[]> places = new ArrayList<>();
        lock.lock();
        try {
            LiveTable table = live.table;
            int slot = table.first();
            while (slot >= 0 && table.address(slot) < segments.firstEnd()) {
                places.add(new long[] {table.key(slot), table.address(slot), table.length(slot)});
                slot = table.after(slot);
            }
        } finally {
            lock.unlock();
        }
        for (long[] place : places) {
            ByteBuf record = segments.read(place[1], (int) place[2]);
            lock.lock();
            try {
                int slot = live.table.find(place[0]);
                if (slot >= 0 && live.table.address(slot) == place[1] && broken == null) {
                    noteAnew(slot, record);
                }
            } finally {
                lock.unlock();
            }
        }
        lock.lock();
        try {
            request();
        } finally {
            lock.unlock();
        }
    }

    private void noteAnew(int slot, ByteBuf record) {
        LiveTable table = live.table;
        int start = pending.writerIndex();
        if (LiveState.isPublish(table.key(slot))) {
            record.setInt(RecordFormat.STATE_AT, table.state(slot));
        }
        pending.writeBytes(record);
        table.put(table.key(slot), nextAddress, pending.writerIndex() - start, table.state(slot));
        nextAddress += pending.writerIndex() - start;
        movedUpTo = nextAddress;
    }

    /** Writes all that counts into a new file and deletes the old ones: after damage, so that it is found once only. */
    void rewrite() throws IOException {
        io.lock();
        try {
            long start = segmentsEnd();
            segments.roll(start);
            for (long first = segments.firstStart(); first < start; first = segments.firstStart()) {
                moveOutOfFirst();
                flushOnce(new ArrayList<>(), true, false);
                if (segments.firstStart() == first) {
                    throw new IOException("the damaged log in " + folder + " could not be written anew");
                }
            }
        } finally {
            io.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        List<Runnable> told = new ArrayList<>();
        IOException failure = null;
        io.lock();
        try {
            if (closed) {
                return;
            }
            flushOnce(told, true, false);
            lock.lock();
            try {
                failure = broken;
                if (failure == null && pending.isReadable()) {
                    failure = new IOException("the last notes of the log in " + folder + " could not be written");
                }
                closed = true;
                pending.release();
                spare.release();
                fail(Long.MAX_VALUE, new IOException("the log in " + folder + " was closed"), told);
            } finally {
                lock.unlock();
            }
            try {
                segments.close();
            } finally {
                folderLock.close();
            }
        } finally {
            io.unlock();
            forcer.closed(this);
        }
        tell(told);
        if (failure != null) {
            throw failure;
        }
    }
}
