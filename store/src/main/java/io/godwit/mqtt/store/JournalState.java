package io.godwit.mqtt.store;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the {@link Journal} adds to and {@link GroupCommit} and {@link Compaction} take from: the records that wait, the
 * live ones, and who waits for a force. All of it is guarded by {@link #lock}, which is never held across I/O.
 */
final class JournalState {
    final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    final PendingRecords pending;
    final LiveState live;
    /** Rises with each change that the session reports; {@link #safePosition} of them are safe. */
    long position;

    long safePosition;
    /** Why the log takes no more records; null while it does. */
    @Nullable
    IOException broken;

    boolean closed;

    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();

    private record Waiter(long position, Runnable done, Consumer<IOException> failed) {}

    JournalState(LiveState live, long nextAddress) {
        this.live = live;
        this.pending = new PendingRecords(nextAddress);
    }

    /** Positions come in rising order. */
    void await(long upTo, Runnable done, Consumer<IOException> failed) {
        waiters.add(new Waiter(upTo, done, failed));
    }

    /** Adds the callbacks of those who waited for a position up to this one. */
    void succeed(long upTo, List<Runnable> callbacks) {
        while (!waiters.isEmpty() && waiters.getFirst().position <= upTo) {
            callbacks.add(waiters.removeFirst().done);
        }
    }

    void fail(long upTo, IOException failure, List<Runnable> callbacks) {
        while (!waiters.isEmpty() && waiters.getFirst().position <= upTo) {
            Waiter waiter = waiters.removeFirst();
            callbacks.add(() -> waiter.failed.accept(failure));
        }
    }
}
