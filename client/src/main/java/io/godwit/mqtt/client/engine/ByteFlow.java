package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.session.Session;
import io.godwit.mqtt.client.session.SessionEvent;
import io.godwit.mqtt.client.session.Timing;
import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.transport.Connection;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.codec.ProtocolViolationException;
import io.godwit.mqtt.protocol.Connect;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Moves bytes between the connection and the session. Event loop only. */
final class ByteFlow {
    /** Above this many bytes of answers they are sent before the next piece of what has arrived is read. */
    private static final int ANSWERS = 512;

    /** About this many bytes are written in one turn of the event loop, so that its other clients have their turn. */
    private static final int TURN = 1 << 20;

    /** Observes what the bytes contain. */
    interface Owner {
        void event(SessionEvent event);

        /** The broker broke the protocol. */
        void broken(ProtocolViolationException violation);

        /** What waited may have left. */
        void drained();

        /** The session store has made safe what bytes depend on, after this many nanoseconds. */
        void storeForced(long nanos);

        /** Any thread. */
        void storeFailed(IOException failure);
    }

    // Set once.
    private final GuardedSession session;
    private final EventLoop loop;
    private final SessionLog log;
    private final ReadPause pause;
    final Runnable drain = this::drain;
    private final Function<Session, GuardedSession.Drained> take = this::take;
    private final Owner owner;
    /** Whether somebody listens to what is sent. */
    private final boolean observed;

    // Event loop only.
    private @Nullable Connection connection;
    /** Parts of the outbox on their way to the connection; null: there were none since {@link #trim}. */
    private @Nullable ArrayDeque<ByteBuf> taken;

    /** Made when bytes wait for the network first. */
    private @Nullable WriteWatch watch;

    /** Whether the connection has proved fast. */
    private boolean fast;

    private boolean answersDue;

    // Written by the event loop only.
    private volatile long bytesSent;
    private volatile long bytesReceived;

    // Guarded by the session's lock.
    private @Nullable Timing forces;
    private int storeFailures;

    ByteFlow(GuardedSession session, EventLoop loop, SessionLog log, ReadPause pause, Owner owner, boolean observed) {
        this.observed = observed;
        this.session = session;
        this.loop = loop;
        this.log = log;
        this.pause = pause;
        this.owner = owner;
    }

    // ---- connections ----

    /** A connection is there: CONNECT goes out. */
    void open(Connection to, Connect packet) {
        connection = to;
        pause.connection(to);
        session.run(locked -> locked.open(packet, loop.nanoTime()));
        drain();
    }

    /** Whether a connection is there. */
    boolean isOpen() {
        return connection != null;
    }

    /** The broker has ended the connection, perhaps over what it was sent. */
    void endedByBroker() {
        session.run(Session::endedByBroker);
    }

    /** The connection is gone, or given up. */
    void closed() {
        connection = null;
        if (watch != null) {
            watch.closed();
        }
        pause.connection(null);
        for (ByteBuf part = nextTaken(); part != null; part = nextTaken()) {
            part.release();
        }
        session.run(locked -> {
            locked.closed();
            session.outboxCleared();
        });
    }

    // ---- sending ----

    /** Lets the session put something into the outbox, and sends it. */
    void send(Consumer<Session> something) {
        session.run(something);
        drain();
    }

    /**
     * Gives the outbox to the connection, as far as that has room. What the session store has not made safe yet stays
     * until it has. While bytes are left, writability or the store brings the drain back here.
     */
    void drain() {
        Connection to = connection;
        int left = TURN;
        long sent = 0;
        while (to != null && to.isWritable()) {
            if (left <= 0) {
                bytesSent += sent;
                loop.execute(drain);
                return;
            }
            fast = to.isFast();
            GuardedSession.Drained step = session.drain(take);
            if (step == GuardedSession.Drained.WAITING) {
                bytesSent += sent;
                return;
            }
            if (step == GuardedSession.Drained.EMPTY) {
                break;
            }
            for (ByteBuf part = nextTaken(); part != null; part = nextTaken()) {
                left -= part.readableBytes();
                sent += part.readableBytes();
                to.write(part, hasTaken());
            }
        }
        bytesSent += sent;
        if (observed) {
            tellEvents();
        }
        if (to != null) {
            watchUnwritten(to);
        }
        pause.check();
        owner.drained();
    }

    private void add(ByteBuf part) {
        if (taken == null) {
            taken = new ArrayDeque<>(2);
        }
        taken.add(part);
    }

    private @Nullable ByteBuf nextTaken() {
        return taken == null ? null : taken.poll();
    }

    private boolean hasTaken() {
        return taken != null && !taken.isEmpty();
    }

    /** Releases what an idle connection does not need. */
    void trim() {
        if (!hasTaken()) {
            taken = null;
        }
        session.run(Session::trim);
    }

    private void watchUnwritten(Connection to) {
        if (watch == null && to.hasUnwritten()) {
            watch = new WriteWatch(session, loop);
        }
        if (watch != null) {
            watch.written(to);
        }
    }

    /** Guarded by the session's lock. */
    private GuardedSession.Drained take(Session locked) {
        locked.outbox().setFast(fast);
        long noted = log.position();
        if (log.forced() < noted && !locked.outbox().isEmpty()) {
            long began = loop.nanoTime();
            log.force(noted, () -> loop.execute(() -> forced(began)), this::storeFailed);
            return GuardedSession.Drained.WAITING;
        }
        long now = loop.nanoTime();
        if (locked.outbox().isEmpty()) {
            locked.pump(now);
            return locked.outbox().isEmpty() ? GuardedSession.Drained.EMPTY : GuardedSession.Drained.TAKEN;
        }
        for (ByteBuf part = locked.outbox().take();
                part != null;
                part = locked.outbox().take()) {
            add(part);
        }
        locked.sent(now);
        return GuardedSession.Drained.TAKEN;
    }

    private void forced(long began) {
        long nanos = loop.nanoTime() - began;
        session.run(locked -> forces = Timing.with(forces, nanos));
        owner.storeForced(nanos);
        drain();
    }

    /** Any thread. */
    private void storeFailed(IOException failure) {
        session.run(locked -> storeFailures++);
        owner.storeFailed(failure);
    }

    // ---- what is counted ----

    /** Of MQTT packets. Any thread. */
    long bytesSent() {
        return bytesSent;
    }

    /** Of MQTT packets. Any thread. */
    long bytesReceived() {
        return bytesReceived;
    }

    /** How long bytes have waited for the session store. Guarded by the session's lock. */
    Timing forces() {
        return Timing.copy(forces);
    }

    /** How often the session store could not write. Guarded by the session's lock. */
    long storeFailures() {
        return storeFailures;
    }

    // ---- receiving ----

    /**
     * Bytes have arrived. Many are read in pieces: between them others get the lock, and answers go out unless there is
     * something to tell first. So handlers, broker and this loop work at the same time. What a piece contains is reported before
     * the next one is read.
     */
    void received(ByteBuf bytes) {
        Connection from = connection;
        bytesReceived += bytes.readableBytes();
        boolean more;
        do {
            Piece piece = read(bytes);
            piece.events.forEach(owner::event);
            if (connection != from) {
                return; // an event has ended it
            }
            if (piece.violation != null) {
                owner.broken(piece.violation);
                return;
            }
            more = piece.more || bytes.isReadable();
            if (more && answersDue && piece.events.isEmpty()) {
                drain();
            }
        } while (more);
        pause.pauseIfFull();
    }

    /** @param more whether it is to be read on though no bytes are left */
    private record Piece(
            List<SessionEvent> events,
            boolean more,
            @Nullable ProtocolViolationException violation) {
        static final Piece PLAIN = new Piece(List.of(), false, null);
    }

    private Piece read(ByteBuf bytes) {
        return session.call(locked -> {
            boolean more = false;
            ProtocolViolationException violation = null;
            try {
                more = locked.received(bytes.isReadable() ? bytes : Unpooled.EMPTY_BUFFER, loop.nanoTime());
            } catch (ProtocolViolationException broken) {
                violation = broken;
                bytes.skipBytes(bytes.readableBytes());
            }
            answersDue = locked.outbox().answers() >= ANSWERS;
            List<SessionEvent> events = takeEvents(locked);
            return events.isEmpty() && !more && violation == null ? Piece.PLAIN : new Piece(events, more, violation);
        });
    }

    /** Tells what time has brought, rather than bytes. */
    void tellEvents() {
        session.call(ByteFlow::takeEvents).forEach(owner::event);
    }

    private static List<SessionEvent> takeEvents(Session locked) {
        SessionEvent event = locked.takeEvent();
        if (event == null) {
            return List.of();
        }
        List<SessionEvent> events = new ArrayList<>();
        for (; event != null; event = locked.takeEvent()) {
            events.add(event);
        }
        return events;
    }

    /** A burst of bytes has been read: the session's answers go out at once. */
    void readComplete() {
        if (hasUnsent()) {
            drain();
        } else {
            owner.drained(); // the last acknowledgement, for which a disconnect waits, is answered by nothing
        }
    }

    /** Whether bytes wait to be given to the connection, or for the session store to make safe what they depend on. */
    boolean hasUnsent() {
        return session.call(locked -> !locked.outbox().isEmpty());
    }
}
