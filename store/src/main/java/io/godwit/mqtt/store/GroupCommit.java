package io.godwit.mqtt.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a log: takes all records that wait, writes them in one go, forces the file once, and calls back all who waited
 * for any of them. Runs on the store's thread, which calls {@link #flush} when it is asked to.
 *
 * <p>Lock order: the I/O lock before the journal's lock. Callbacks run without locks.
 */
final class GroupCommit implements CommitThread.Task {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

    // Set once.
    private final String clientId;
    private final Path folder;
    private final StoreSettings settings;
    private final JournalState state;
    private final CommitThread thread;

    /** Held while files are read or written. */
    private final ReentrantLock io = new ReentrantLock();
    // Guarded by the I/O lock.
    private final Segments segments;
    private final Compaction compaction;
    /** Files below this address may go once what was written is forced. */
    private long writtenDrop;
    /** The last write has failed, which is logged. */
    private boolean failing;

    // Guarded by the journal's lock.
    /** Whether {@link #flush} has been asked for and has not started. */
    private boolean requested;

    GroupCommit(
            String clientId,
            Path folder,
            StoreSettings settings,
            CommitThread thread,
            JournalState state,
            Segments segments,
            long dropped) {
        this.clientId = clientId;
        this.folder = folder;
        this.settings = settings;
        this.thread = thread;
        this.state = state;
        this.segments = segments;
        this.compaction = new Compaction(state, segments, settings.segmentSize(), dropped);
        this.writtenDrop = dropped;
    }

    /** Asks for a flush soon. Called with the journal's lock held; never blocks on the disk. */
    void request() {
        if (!requested) {
            requested = true;
            thread.request(this);
        }
    }

    /** Writes the records that wait, forces them if the durability says so, and calls back. Any thread, without locks. */
    @Override
    public void flush() {
        List<Runnable> callbacks = new ArrayList<>();
        io.lock();
        try {
            if (commit(settings.durability().forcesAtOnce(), callbacks)) {
                compact();
            }
        } finally {
            io.unlock();
        }
        run(callbacks);
    }

    /** Forces what was written before: every n milliseconds if that is the durability. */
    @Override
    public void forceWritten() {
        List<Runnable> callbacks = new ArrayList<>();
        io.lock();
        try {
            if (!state.closed && state.broken == null) {
                segments.force();
                compaction.deleteBelow(writtenDrop);
            }
        } catch (IOException failure) {
            giveUp(failure, callbacks);
        } finally {
            io.unlock();
        }
        run(callbacks);
    }

    /** Returns whether the records were written. */
    private boolean commit(boolean force, List<Runnable> callbacks) {
        PendingRecords.Batch batch;
        long upTo;
        long drop;
        state.lock.lock();
        try {
            requested = false;
            if (state.closed || state.broken != null) {
                state.fail(state.position, unusable(), callbacks);
                return false;
            }
            drop = compaction.announce();
            batch = state.pending.take();
            upTo = state.position;
        } finally {
            state.lock.unlock();
        }
        try {
            if (batch.bytes().isReadable()) {
                segments.append(batch.bytes(), batch.address());
            }
            if (force) {
                segments.force();
            }
        } catch (IOException failure) {
            takeBack(batch, upTo, failure, callbacks);
            return false;
        }
        writtenDrop = drop;
        failing = false;
        if (force) {
            try {
                compaction.deleteBelow(drop);
            } catch (IOException failure) {
                warnUncompacted(failure);
            }
        }
        succeed(batch, upTo, callbacks);
        return true;
    }

    private IOException unusable() {
        return state.broken == null ? new IOException("the log in " + folder + " is closed") : state.broken;
    }

    private void succeed(PendingRecords.Batch batch, long upTo, List<Runnable> callbacks) {
        boolean full = batch.publishes() > 0 && segments.bytes() > settings.limit();
        state.lock.lock();
        try {
            state.safePosition = upTo;
            state.pending.written(batch);
            if (full) {
                // They were written, so that the records beside them are safe, but their senders have to take them
                // back:
                // once they have ended, the log can shrink again.
                state.fail(upTo, overLimit(), callbacks);
            }
            state.succeed(upTo, callbacks);
        } finally {
            state.lock.unlock();
        }
    }

    private IOException overLimit() {
        return new IOException("the store's limit of " + settings.limit() + " bytes for " + folder
                + " is reached: let publishes end, or set a higher limit");
    }

    /** The records wait for the next attempt, and those who wait for them learn that this one failed. */
    private void takeBack(PendingRecords.Batch batch, long upTo, IOException failure, List<Runnable> callbacks) {
        if (!failing) {
            failing = true;
            LOG.warn("client '{}': cannot write the log in {}", clientId, folder, failure);
        }
        state.lock.lock();
        try {
            state.pending.takeBack(batch, state.live.table);
            state.fail(upTo, failure, callbacks);
        } finally {
            state.lock.unlock();
        }
        if (segments.isDoubtful()) {
            if (settings.durability().forcesAtOnce() && segments.isAppending()) {
                segments.distrust(batch.address());
            } else {
                // What was reported as safe earlier, or recovered, may be lost with the failed force.
                giveUp(failure, callbacks);
            }
        }
    }

    private void compact() {
        try {
            if (compaction.copyIfWasteful()) {
                state.lock.lock();
                try {
                    request();
                } finally {
                    state.lock.unlock();
                }
            }
        } catch (IOException failure) {
            warnUncompacted(failure);
        }
    }

    private void warnUncompacted(IOException failure) {
        LOG.warn("client '{}': cannot compact the log in {}; its content is intact", clientId, folder, failure);
    }

    private void giveUp(IOException cause, List<Runnable> callbacks) {
        LOG.error(
                "client '{}': the log in {} takes no more records: the disk lost data that it had accepted",
                clientId,
                folder,
                cause);
        state.lock.lock();
        try {
            state.broken = cause;
            state.pending.discard();
            state.fail(Long.MAX_VALUE, cause, callbacks);
        } finally {
            state.lock.unlock();
        }
    }

    private void run(List<Runnable> callbacks) {
        for (Runnable callback : callbacks) {
            try {
                callback.run();
            } catch (RuntimeException fault) {
                LOG.error("client '{}': a callback of the log in {} failed", clientId, folder, fault);
            }
        }
    }

    /** Copies all live records into a new file and deletes the old ones, so that damage is reported only once. */
    void rewrite() throws IOException {
        io.lock();
        try {
            long start;
            state.lock.lock();
            try {
                start = state.pending.firstAddress();
            } finally {
                state.lock.unlock();
            }
            segments.roll(start);
            for (long first = segments.firstStart(); first < start; first = segments.firstStart()) {
                compaction.copyOldest();
                commit(true, new ArrayList<>());
                if (segments.firstStart() == first) {
                    throw new IOException("cannot rewrite the damaged log in " + folder);
                }
            }
        } finally {
            io.unlock();
        }
    }

    /** Writes and forces what waits, then closes the files and the folder's lock. Idempotent. */
    void close(Closeable folderLock) throws IOException {
        List<Runnable> callbacks = new ArrayList<>();
        IOException failure;
        io.lock();
        try {
            if (state.closed) {
                return;
            }
            commit(true, callbacks);
            failure = markClosed(callbacks);
            try (folderLock) {
                segments.close();
            }
        } finally {
            io.unlock();
            thread.remove(this);
        }
        run(callbacks);
        if (failure != null) {
            throw failure;
        }
    }

    private @Nullable IOException markClosed(List<Runnable> callbacks) {
        state.lock.lock();
        try {
            IOException failure = state.broken;
            if (failure == null && state.pending.bytes() > 0) {
                failure = new IOException("cannot write the last records of the log in " + folder);
            }
            state.closed = true;
            state.pending.release();
            state.fail(Long.MAX_VALUE, new IOException("the log in " + folder + " was closed"), callbacks);
            return failure;
        } finally {
            state.lock.unlock();
        }
    }
}
