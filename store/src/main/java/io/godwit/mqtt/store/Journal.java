package io.godwit.mqtt.store;

import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.store.StoredSession;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One session's log as the client sees it. A change is encoded into a buffer, which costs no I/O and no object;
 * {@link GroupCommit} writes the buffer on the store's thread.
 */
final class Journal implements SessionLog {
    /** This many bytes are written even if nobody waits for them. */
    private static final int WRITE_AT = 64 << 10;

    // Set once.
    private final Path folder;
    private final Closeable folderLock;
    private final JournalState state;
    private final GroupCommit commit;

    // Guarded by the state's lock.
    private @Nullable StoredSession recovered;

    Journal(Path folder, Closeable folderLock, JournalState state, GroupCommit commit, StoredSession recovered) {
        this.folder = folder;
        this.folderLock = folderLock;
        this.state = state;
        this.commit = commit;
        this.recovered = recovered;
    }

    @Override
    public StoredSession recovered() {
        state.lock.lock();
        try {
            if (recovered == null) {
                throw new IllegalStateException("the recovered session is available only before the first change");
            }
            return recovered;
        } finally {
            state.lock.unlock();
        }
    }

    @Override
    public void accepted(long sequence, Message message, long expiresAt) {
        state.lock.lock();
        try {
            if (begin()) {
                int start = start();
                try {
                    RecordFormat.publish(state.pending.buffer(), sequence, expiresAt, message);
                } catch (RuntimeException unencodable) {
                    state.pending.buffer().writerIndex(start);
                    throw unencodable;
                }
                long address = state.pending.nextAddress();
                state.live.accepted(sequence, address, added(start), 0);
                // Soon, although nobody may wait for it: without a connection nothing else asks for a flush.
                commit.request();
            }
        } finally {
            state.lock.unlock();
        }
    }

    @Override
    public void sent(long sequence, int packetId) {
        state.lock.lock();
        try {
            if (begin()) {
                int start = start();
                RecordFormat.packet(state.pending.buffer(), RecordFormat.SENT, sequence, packetId);
                state.live.sent(sequence, packetId);
                added(start);
            }
        } finally {
            state.lock.unlock();
        }
    }

    @Override
    public void released(long sequence) {
        state.lock.lock();
        try {
            if (begin()) {
                int start = start();
                int packetId = state.live.state(sequence) & 0xFFFF;
                RecordFormat.packet(state.pending.buffer(), RecordFormat.RELEASED, sequence, packetId);
                state.live.released(sequence, packetId);
                added(start);
            }
        } finally {
            state.lock.unlock();
        }
    }

    @Override
    public void abandoned(long sequence) {
        state.lock.lock();
        try {
            if (begin()) {
                int start = start();
                int packetId = state.live.state(sequence) & 0xFFFF;
                RecordFormat.abandoned(state.pending.buffer(), sequence, packetId);
                state.live.abandoned(sequence, packetId);
                added(start);
            }
        } finally {
            state.lock.unlock();
        }
    }

    @Override
    public void ended(long sequence) {
        state.lock.lock();
        try {
            if (begin()) {
                int start = start();
                RecordFormat.ended(state.pending.buffer(), sequence);
                state.live.ended(sequence);
                added(start);
            }
        } finally {
            state.lock.unlock();
        }
    }

    @Override
    public void received(int packetId) {
        state.lock.lock();
        try {
            if (begin()) {
                int start = start();
                RecordFormat.identifier(state.pending.buffer(), RecordFormat.RECEIVED, packetId);
                long address = state.pending.nextAddress();
                state.live.received(packetId, address, added(start));
            }
        } finally {
            state.lock.unlock();
        }
    }

    @Override
    public void completed(int packetId) {
        state.lock.lock();
        try {
            if (begin()) {
                int start = start();
                RecordFormat.identifier(state.pending.buffer(), RecordFormat.COMPLETED, packetId);
                state.live.completed(packetId);
                added(start);
            }
        } finally {
            state.lock.unlock();
        }
    }

    @Override
    public void subscribed(TopicSubscription subscription, MqttProperties properties) {
        state.lock.lock();
        try {
            if (begin()) {
                int start = start();
                long ordinal = state.live.ordinal(subscription.filter());
                RecordFormat.subscribed(state.pending.buffer(), ordinal, subscription, properties);
                long address = state.pending.nextAddress();
                state.live.subscribed(subscription.filter().text(), ordinal, address, added(start));
            }
        } finally {
            state.lock.unlock();
        }
    }

    @Override
    public void unsubscribed(TopicFilter filter) {
        state.lock.lock();
        try {
            if (begin()) {
                int start = start();
                RecordFormat.unsubscribed(state.pending.buffer(), filter);
                state.live.unsubscribed(filter.text());
                added(start);
            }
        } finally {
            state.lock.unlock();
        }
    }

    @Override
    public void cleared() {
        state.lock.lock();
        try {
            if (begin()) {
                int start = start();
                RecordFormat.cleared(state.pending.buffer());
                state.live.cleared();
                added(start);
            }
        } finally {
            state.lock.unlock();
        }
    }

    /** Counts a change. Returns false if the log is broken: its record could never be written. */
    private boolean begin() {
        if (state.closed) {
            throw new IllegalStateException("the log in " + folder + " is closed");
        }
        recovered = null;
        state.position++;
        return state.broken == null;
    }

    private int start() {
        return state.pending.buffer().writerIndex();
    }

    /** A record was encoded from this index on. Returns its length. */
    private int added(int start) {
        int length = state.pending.added(start);
        if (state.pending.bytes() >= WRITE_AT) {
            commit.request();
        }
        return length;
    }

    @Override
    public long position() {
        state.lock.lock();
        try {
            return state.position;
        } finally {
            state.lock.unlock();
        }
    }

    @Override
    public long forced() {
        state.lock.lock();
        try {
            return state.safePosition;
        } finally {
            state.lock.unlock();
        }
    }

    @Override
    public void force(long upTo, Runnable done, Consumer<IOException> failed) {
        IOException failure;
        state.lock.lock();
        try {
            failure = upTo > state.safePosition ? state.broken : null;
            if (failure == null && upTo > state.safePosition) {
                state.await(upTo, done, failed);
                commit.request();
                return;
            }
        } finally {
            state.lock.unlock();
        }
        if (failure != null) {
            failed.accept(failure);
        } else {
            done.run();
        }
    }

    @Override
    public void close() throws IOException {
        commit.close(folderLock);
    }
}
