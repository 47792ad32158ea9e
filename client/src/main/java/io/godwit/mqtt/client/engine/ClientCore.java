package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.ClientListener;
import io.godwit.mqtt.client.MessageHandler;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.client.MqttStoreException;
import io.godwit.mqtt.client.SubscribeException;
import io.godwit.mqtt.client.session.Exchange;
import io.godwit.mqtt.client.session.Failure;
import io.godwit.mqtt.client.session.Session;
import io.godwit.mqtt.client.session.SessionEvent;
import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.transport.Connection;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.codec.ProtocolViolationException;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicFilter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Guards the session with the one lock, and moves what goes in and out of it: bytes to and from the connection, messages
 * to the {@link MessageDispatcher}, ends to the futures. The lock is held for the session's work only, never across I/O, the disk
 * or the application's code: {@link #release} gives it back and then does what that work has made due.
 */
final class ClientCore {
    private static final Logger LOG = LoggerFactory.getLogger(ClientCore.class);

    private static final int SPINS = 200;

    /** So many bytes of answers go out before the next piece of what has come is read. */
    private static final int ANSWERS = 512;

    /** About so many bytes are written in one turn of the event loop, so that its other clients have their turn. */
    private static final int TURN = 1 << 20;

    // Set once.
    final ClientConfig config;
    final EventLoop loop;
    private final RealMqttClient client;
    private final SessionLog log;
    private final MessageDispatcher delivery;
    private final JoinWaiters joins = new JoinWaiters();
    private final FutureCompleter completions;
    private final Executor executor;
    private final @Nullable ListenerCalls listenerCalls;
    private final Runnable drain = this::drain;

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    final Session<Handler> session;
    /** Why nothing is taken at present; null while there is, or will be, a connection. */
    private @Nullable Failure closedTo;

    private boolean drainScheduled;
    private int waitingForRoom;
    /** Made for the first that waits. */
    private @Nullable Condition room;

    /** Whether the application's executor has refused a task, which is logged once. Any thread. */
    private volatile boolean refused;

    // Event loop only.
    private @Nullable Connection connection;
    /** Parts of the outbox on their way to the connection. */
    private final ArrayDeque<ByteBuf> taken = new ArrayDeque<>(2);

    private @Nullable ProtocolViolationException breach;
    private boolean answersDue;

    ClientCore(RealMqttClient client, ClientConfig config, EventLoop loop, SessionLog log) {
        this.client = client;
        this.config = config;
        this.loop = loop;
        this.log = log;
        this.executor = config.onEventLoop() ? this::onLoop : this::onExecutor;
        this.delivery = new MessageDispatcher(this, executor);
        this.completions = new FutureCompleter(executor, loop, joins, config.onEventLoop());
        this.listenerCalls = config.listeners().isEmpty() ? null : new ListenerCalls(this::onExecutor, this::missed);
        this.session = new Session<>(config.session(), log, ByteBufAllocator.DEFAULT);
        this.closedTo = notConnected("not connected: call connect first");
        session.restore(log.recovered(), message -> new PublishExchange(this, message, false));
        for (Handler handler : config.handlers()) {
            session.addHandler(handler.filter(), handler);
        }
    }

    private void onLoop(Runnable task) {
        if (loop.inLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    /** Messages and futures must not be lost to an executor of the application that has no place, or was shut down. */
    private void onExecutor(Runnable task) {
        try {
            config.executor().execute(task);
        } catch (RejectedExecutionException full) {
            if (!refused) {
                refused = true;
                LOG.warn("the executor refuses tasks, which run on threads of Godwit's own: {}", full.getMessage());
            }
            HandlerThreads.shared().execute(task);
        }
    }

    static Failure notConnected(String text) {
        return new Failure(Failure.Kind.NOT_CONNECTED, ReasonCode.UNSPECIFIED_ERROR, text, MqttProperties.NONE);
    }

    MessageDispatcher delivery() {
        return delivery;
    }

    JoinWaiters joins() {
        return joins;
    }

    /** Called before a thread waits for what the event loop brings. */
    void refuseOnLoop() {
        if (loop.inLoop()) {
            throw new IllegalStateException(
                    "a blocking call on the event loop would wait for itself: use the Async form,"
                            + " or leave the handlers on their executor");
        }
    }

    // ---- the lock ----

    /** Takes the lock; spins for a moment first, since whoever has it will be done in less time than parking takes. */
    void acquire() {
        for (int i = 0; i < SPINS; i++) {
            if (lock.tryLock()) {
                return;
            }
            Thread.onSpinWait();
        }
        lock.lock();
    }

    /** Gives the lock back, and does what has become due: wakes the loop, starts the handlers, completes futures. */
    void release() {
        boolean wake = !drainScheduled && !session.outbox().isEmpty();
        drainScheduled |= wake;
        releaseOnLoop();
        if (wake) {
            loop.execute(drain);
        }
    }

    /** The same on the event loop, where the outbox is drained by whoever goes on. */
    private void releaseOnLoop() {
        boolean deliver = delivery.claim();
        Exchange<?> ended = session.takeEnded();
        if (ended != null) {
            roomMade();
        }
        lock.unlock();
        if (deliver) {
            delivery.start();
        }
        completions.finish(ended);
    }

    private void locked(Runnable work) {
        acquire();
        try {
            work.run();
        } finally {
            releaseOnLoop();
        }
    }

    // ---- what the application asks for, any thread ----

    /** Gives a publish to the session. Null: it is on its way; else why it is not taken. */
    @Nullable
    Failure offer(PublishExchange publication, long now) {
        acquire();
        try {
            return closedTo != null ? closedTo : session.publish(publication, now);
        } finally {
            release();
        }
    }

    /** Sends a message of QoS 0 that nobody follows, if that is possible at once. */
    boolean offerNow(Message message) {
        acquire();
        try {
            return closedTo == null && session.publishNow(message);
        } finally {
            release();
        }
    }

    /** Waits until the queue has room for so many bytes, or there is no point in waiting. Returns the time that is left. */
    long awaitRoom(int bytes, long nanos) throws InterruptedException {
        long left = nanos;
        lock.lock();
        try {
            waitingForRoom++;
            if (room == null) {
                room = lock.newCondition();
            }
            while (closedTo == null && !session.hasQueueRoom(bytes) && left > 0) {
                left = room.awaitNanos(left);
            }
        } finally {
            waitingForRoom--;
            lock.unlock();
        }
        return left;
    }

    /** Under the lock: who waits for room in the queue looks again. */
    private void roomMade() {
        if (room != null && waitingForRoom > 0) {
            room.signalAll();
        }
    }

    /** Sends a subscribe or unsubscribe; handlers are there before the first message can come. */
    void request(Exchange<?> control, List<Handler> handlers) {
        Failure refused;
        acquire();
        try {
            refused = closedTo;
            if (refused == null) {
                refused = session.request(control);
            }
            if (refused == null) {
                handlers.forEach(handler -> session.addHandler(handler.filter(), handler));
            }
        } finally {
            release();
        }
        if (refused != null) {
            control.completeExceptionally(
                    refused.kind() == Failure.Kind.LIMIT
                            ? new SubscribeException(refused.text(), List.of(), List.of(refused.reason()))
                            : PublishExchange.exception(refused));
        }
    }

    void addHandler(Handler handler) {
        acquire();
        try {
            session.addHandler(handler.filter(), handler);
        } finally {
            release();
        }
    }

    /** Takes handlers out; returns the filters that have none left. */
    List<TopicFilter> removeHandlers(List<Handler> handlers) {
        List<TopicFilter> lonely = new ArrayList<>();
        acquire();
        try {
            for (Handler handler : handlers) {
                if (!session.removeHandler(handler.filter(), handler)) {
                    lonely.add(handler.filter());
                }
            }
        } finally {
            release();
        }
        return lonely;
    }

    void removeAllHandlers(List<TopicFilter> filters) {
        acquire();
        try {
            filters.forEach(session::removeHandlers);
        } finally {
            release();
        }
    }

    /** A message that is acknowledged by hand is done. */
    void handled(int token) {
        acquire();
        try {
            session.handled(token);
        } finally {
            release();
        }
    }

    /** Completes when all that was noted so far is safe. */
    CompletableFuture<Void> stored() {
        acquire();
        long position;
        try {
            position = log.position();
        } finally {
            release();
        }
        CompletableFuture<Void> safe = new CompletableFuture<>();
        if (log.forced() >= position) {
            safe.complete(null);
        } else {
            log.force(
                    position,
                    () -> dependents(() -> safe.complete(null)),
                    failure -> dependents(() -> safe.completeExceptionally(new MqttStoreException(
                            "the session store cannot write: " + failure.getMessage(), failure))));
        }
        return safe;
    }

    // ---- bytes, event loop ----

    /**
     * Gives the outbox to the connection, as far as that has room. What the session store has not made safe yet stays
     * until it has. While bytes are left, the drain counts as scheduled: writability or the store brings it back here.
     */
    void drain() {
        Connection to = connection;
        int left = TURN;
        while (to != null && to.isWritable()) {
            if (left <= 0) {
                loop.execute(drain);
                return;
            }
            acquire();
            try {
                drainScheduled = true;
                long noted = log.position();
                if (log.forced() < noted && !session.outbox().isEmpty()) {
                    log.force(noted, () -> loop.execute(drain), client.keeper()::storeFailed);
                    return;
                }
                long now = loop.nanoTime();
                if (session.outbox().isEmpty()) {
                    session.pump(now);
                    drainScheduled = !session.outbox().isEmpty();
                } else {
                    for (ByteBuf part = session.outbox().take();
                            part != null;
                            part = session.outbox().take()) {
                        taken.add(part);
                    }
                    session.sent(now);
                }
                roomMade();
                if (!drainScheduled) {
                    break;
                }
            } finally {
                releaseOnLoop();
            }
            for (ByteBuf part = taken.poll(); part != null; part = taken.poll()) {
                left -= part.readableBytes();
                to.write(part, !taken.isEmpty());
            }
        }
        delivery.drained();
        client.keeper().drained();
    }

    /**
     * Bytes have come. Returns what the session tells, in order; empty nearly always. Many bytes are read in pieces: between
     * them others get the lock, and answers go out unless there is something to tell first. So handlers, broker and this
     * loop work at the same time.
     */
    List<SessionEvent> received(ByteBuf bytes) {
        List<SessionEvent> events = receivedPiece(bytes);
        while (bytes.isReadable()) {
            if (answersDue && events.isEmpty()) {
                drain();
            }
            List<SessionEvent> more = receivedPiece(bytes);
            if (!more.isEmpty()) {
                events = Stream.concat(events.stream(), more.stream()).toList();
            }
        }
        if (connection != null) {
            delivery.pauseIfFull(connection);
        }
        return events;
    }

    private List<SessionEvent> receivedPiece(ByteBuf bytes) {
        List<SessionEvent> events;
        acquire();
        try {
            session.received(bytes, loop.nanoTime());
        } catch (ProtocolViolationException broken) {
            breach = broken;
            bytes.skipBytes(bytes.readableBytes());
        } finally {
            events = takeEvents();
            answersDue = session.outbox().answers() >= ANSWERS;
            releaseOnLoop();
        }
        return events;
    }

    /** How the broker broke the protocol in what came last; null when it did not. */
    @Nullable
    ProtocolViolationException takeBreach() {
        ProtocolViolationException broken = breach;
        breach = null;
        return broken;
    }

    private List<SessionEvent> takeEvents() {
        SessionEvent event = session.takeEvent();
        if (event == null) {
            return List.of();
        }
        List<SessionEvent> events = new ArrayList<>();
        for (; event != null; event = session.takeEvent()) {
            events.add(event);
        }
        return events;
    }

    /** A burst of bytes has been read: what it has made the session say goes out at once. */
    void readComplete() {
        boolean pending;
        acquire();
        try {
            pending = !session.outbox().isEmpty();
        } finally {
            releaseOnLoop();
        }
        if (pending) {
            drain();
        } else {
            client.keeper().drained(); // the last acknowledgement, on which a disconnect waits, is answered by nothing
        }
    }

    @Nullable
    Connection connection() {
        return connection;
    }

    // ---- the keeper's side, event loop ----

    /** A connection is there: CONNECT goes out. */
    void open(Connection to, Connect packet) {
        connection = to;
        delivery.opened();
        locked(() -> session.open(packet, loop.nanoTime()));
        drain();
    }

    /** The connection is gone, or given up. */
    void closed() {
        connection = null;
        for (ByteBuf part = taken.poll(); part != null; part = taken.poll()) {
            part.release();
        }
        locked(() -> {
            session.closed();
            drainScheduled = false;
        });
    }

    /** Things are taken from now on, since a connection is about to be made; not by a client that is closed. */
    void expectConnection() {
        locked(() -> {
            if (closedTo != null && closedTo.kind() == Failure.Kind.NOT_CONNECTED) {
                closedTo = null;
            }
        });
    }

    /** From now on nothing is taken, for this reason; null: things are taken again. */
    void setClosedTo(@Nullable Failure reason) {
        locked(() -> {
            closedTo = reason;
            roomMade();
        });
    }

    /** Ends every exchange. */
    void end(Failure reason) {
        locked(() -> {
            session.end(reason);
            drainScheduled = false;
        });
        completions.finishDeferred(); // the loop may have no time left
    }

    /** Lets the session put something into the outbox, and sends it. */
    void say(Consumer<Session<Handler>> something) {
        locked(() -> something.accept(session));
        drain();
    }

    /** Does what is due. False: the broker is silent. */
    boolean tick(long now) {
        boolean alive;
        acquire();
        try {
            if (delivery.isPausedByHandlers()) {
                session.notReading(now);
            }
            alive = session.tick(now);
        } finally {
            releaseOnLoop();
        }
        drain();
        return alive;
    }

    long nextTick() {
        acquire();
        try {
            return session.nextTick();
        } finally {
            releaseOnLoop();
        }
    }

    /** Whether no publish waits or is in flight. */
    boolean isIdle() {
        acquire();
        try {
            return session.queued() == 0 && session.inFlight() == 0;
        } finally {
            releaseOnLoop();
        }
    }

    /** Whether bytes wait to be given to the connection, or for the session store to make safe what they depend on. */
    boolean hasUnsent() {
        acquire();
        try {
            return !session.outbox().isEmpty();
        } finally {
            releaseOnLoop();
        }
    }

    /** Whether nothing can be on its way from the broker. */
    boolean isQuiet() {
        acquire();
        try {
            return session.isQuiet();
        } finally {
            releaseOnLoop();
        }
    }

    void closeLog() {
        try {
            log.close();
        } catch (IOException failure) {
            LOG.warn("the session store could not be closed: {}", failure.getMessage());
        }
    }

    // ---- the application's code ----

    /** Asks suppliers and policies of the application, which may block, on a thread that no handler can occupy. */
    void background(Runnable task) {
        config.background().execute(task);
    }

    /** Completes a future on which code of the application may depend. */
    void dependents(Runnable completion) {
        executor.execute(completion);
    }

    /** Calls the listeners, in order, off the loop. */
    void tell(Consumer<ClientListener> hook) {
        if (listenerCalls != null) {
            listenerCalls.execute(() -> config.listeners().forEach(hook));
        }
    }

    /** The same for what tells about a single message, which a slow listener may miss. */
    void tellOfMessage(Message message, Consumer<ClientListener> hook) {
        if (listenerCalls != null) {
            listenerCalls.offer(() -> config.listeners().forEach(hook), message.payload().length);
        }
    }

    private void missed(long calls) {
        config.listeners().forEach(listener -> listener.missed(client, calls));
    }

    /** The answer to a request: whoever waits for it may be the handler that keeps all others waiting. */
    void deliverPrompt(SessionEvent.Prompted prompted) {
        MessageHandler handler = ((Handler) prompted.handler()).automatic();
        if (handler != null) {
            background(() -> {
                try {
                    handler.handle(prompted.message());
                } catch (Exception failure) {
                    handlerFailed(prompted.message(), failure);
                }
            });
        }
    }

    void publishFailed(Message message, MqttException failure) {
        tellOfMessage(message, listener -> listener.publishFailed(client, message, failure));
    }

    void handlerFailed(Message message, Throwable failure) {
        LOG.warn("the handler of a message for '{}' has failed", message.topic(), failure);
        tellOfMessage(message, listener -> listener.handlerFailed(client, message, failure));
    }
}
