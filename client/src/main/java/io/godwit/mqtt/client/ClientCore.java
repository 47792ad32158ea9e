package io.godwit.mqtt.client;

import io.godwit.mqtt.client.session.Exchange;
import io.godwit.mqtt.client.session.Failure;
import io.godwit.mqtt.client.session.Inbox;
import io.godwit.mqtt.client.session.Session;
import io.godwit.mqtt.client.session.SessionEvent;
import io.godwit.mqtt.client.store.QueueBounds.WhenFull;
import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.transport.Connection;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.protocol.Auth;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Disconnect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Properties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.mqtt.protocol.codec.MalformedPacketException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Guards the session with the one lock, and moves what goes in and out of it: publishes of application threads, bytes to
 * and from the connection, messages to the handlers, ends to the futures. The lock is held for the session's work only,
 * never across I/O, the disk or the application's code.
 */
final class ClientCore {
    private static final Logger LOG = LoggerFactory.getLogger(ClientCore.class);

    /** How often the loop looks for messages that are done while a batch of handlers is slow. */
    private static final long PROGRESS_NANOS = 2_000_000;

    /** While a handler blocks in a call of its own client, reading goes on up to so many times the inbox's bounds. */
    private static final int LIFTED = 16;

    /** A full inbox is read on when it is down to this part of its bounds. */
    private static final double RESUME = 0.5;

    private static final int SPINS = 200;

    // Set once.
    final ClientConfig config;
    final EventLoop loop;
    private final MqttClient client;
    private final SessionLog log;
    private final Delivery delivery;
    private final Completions completions;
    private final Executor background;
    private final Serial listenerThread;
    private final boolean onEventLoop;
    private final Runnable drain = this::drain;
    private final Runnable acknowledgeProgress = this::acknowledgeProgress;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();

    // Under the lock.
    private final Session<Handler> session;
    /** Why nothing is taken at present; null while there is, or will be, a connection. */
    private @Nullable Failure closedTo;

    private boolean drainScheduled;
    private boolean delivering;
    private boolean progressScheduled;
    private Inbox.@Nullable Batch current;
    private int acknowledged;
    private int waitingForRoom;

    // Event loop only.
    private @Nullable Connection connection;
    private @Nullable MalformedPacketException brokenBy;

    /** Whether reading is stopped because the inbox is full; written by the loop. */
    private volatile boolean paused;

    /** Handlers that block in a call of this client; written under the lock. */
    private volatile int lifted;

    ClientCore(MqttClient client, ClientConfig config, EventLoop loop, SessionLog log) {
        this.client = client;
        this.config = config;
        this.loop = loop;
        this.log = log;
        this.onEventLoop = config.onEventLoop();
        Executor chosen = config.executor();
        this.background = chosen != null ? chosen : HandlerThreads.shared();
        Executor executor = onEventLoop ? loop::execute : background;
        this.delivery = new Delivery(this, onEventLoop ? this::onLoop : executor);
        this.completions = new Completions(executor);
        this.listenerThread = new Serial(background);
        this.session = new Session<>(config.session(), log, ByteBufAllocator.DEFAULT);
        this.closedTo = notConnected("not connected: call connect first");
        session.restore(log.recovered(), message -> new Publication(this, message, false));
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

    static Failure notConnected(String text) {
        return new Failure(
                Failure.Kind.NOT_CONNECTED,
                io.godwit.mqtt.protocol.ReasonCode.UNSPECIFIED_ERROR,
                text,
                Properties.NONE);
    }

    // ---- publishing, any thread ----

    Publication publishAsync(Message message) {
        Publication publication = new Publication(this, message, false);
        Failure refused = offer(publication, message);
        if (refused != null) {
            publication.completeExceptionally(Publication.exception(refused));
        }
        return publication;
    }

    PublishResult publish(Message message) {
        if (message.qos() == Qos.AT_MOST_ONCE && publishNow(message)) {
            return PublishResult.SUCCESS;
        }
        Publication publication = new Publication(this, message, true);
        Failure refused = offer(publication, message);
        if (refused != null
                && refused.kind() == Failure.Kind.QUEUE_FULL
                && config.session().queue().whenFull() == WhenFull.WAIT) {
            refused = waitAndOffer(publication, message);
        }
        if (refused != null) {
            throw Publication.exception(refused);
        }
        return await(
                publication, "the acknowledgement of the message for '" + message.topic() + "'", config.callTimeout());
    }

    private boolean publishNow(Message message) {
        boolean sent;
        boolean wake;
        lockSoon();
        try {
            sent = session.publishNow(message);
            wake = claimDrain();
        } finally {
            lock.unlock();
        }
        wake(wake);
        return sent;
    }

    private @Nullable Failure offer(Publication publication, Message message) {
        boolean expires = expires(message);
        long now = expires ? loop.nanoTime() : 0;
        Failure refused;
        boolean wake;
        lockSoon();
        try {
            refused = closedTo != null ? closedTo : session.publish(publication, now);
            wake = claimDrain();
        } finally {
            lock.unlock();
        }
        wake(wake);
        if (expires && refused == null) {
            loop.execute(client.keeper()::scheduleTick);
        }
        return refused;
    }

    private static boolean expires(Message message) {
        return !message.properties().isEmpty() && message.properties().has(Property.MESSAGE_EXPIRY_INTERVAL);
    }

    private @Nullable Failure waitAndOffer(Publication publication, Message message) {
        refuseOnLoop();
        int weight = message.payload().length + message.topic().length();
        long nanos = config.callTimeout().toNanos();
        lift(1);
        try {
            while (true) {
                lock.lock();
                try {
                    waitingForRoom++;
                    while (closedTo == null && !session.hasQueueRoom(weight) && nanos > 0) {
                        nanos = room.awaitNanos(nanos);
                    }
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    throw new MqttTimeoutException("interrupted while waiting for room in the queue");
                } finally {
                    waitingForRoom--;
                    lock.unlock();
                }
                Failure refused = offer(publication, message);
                if (refused == null || refused.kind() != Failure.Kind.QUEUE_FULL) {
                    return refused;
                }
                if (nanos <= 0) {
                    throw new MqttTimeoutException(
                            "no room in the queue after " + config.callTimeout() + ": " + refused.text());
                }
            }
        } finally {
            lift(-1);
        }
    }

    /** Completes when all that was noted so far is safe. */
    CompletableFuture<Void> stored() {
        long position;
        lock.lock();
        try {
            position = log.position();
        } finally {
            lock.unlock();
        }
        CompletableFuture<Void> safe = new CompletableFuture<>();
        if (log.forced() >= position) {
            safe.complete(null);
        } else {
            log.force(
                    position,
                    () -> background.execute(() -> safe.complete(null)),
                    failure -> safe.completeExceptionally(storeFailed(failure)));
        }
        return safe;
    }

    private static MqttStoreException storeFailed(IOException failure) {
        return new MqttStoreException("the session store cannot write: " + failure.getMessage(), failure);
    }

    // ---- subscribing, any thread ----

    CompletableFuture<Subscription> subscribe(
            List<TopicSubscription> subscriptions, List<Handler> handlers, Properties properties) {
        SubscribeExchange subscribe = new SubscribeExchange(this, subscriptions, handlers, properties);
        request(subscribe, handlers);
        return subscribe;
    }

    CompletableFuture<Void> unsubscribe(List<TopicFilter> filters) {
        UnsubscribeExchange unsubscribe = new UnsubscribeExchange(filters);
        request(unsubscribe, List.of());
        return unsubscribe;
    }

    private void request(Exchange<?> control, List<Handler> handlers) {
        Failure refused;
        boolean wake;
        boolean deliver;
        lock.lock();
        try {
            refused = closedTo;
            if (refused == null) {
                for (Handler handler : handlers) {
                    session.addHandler(handler.filter(), handler);
                }
                refused = session.request(control);
            }
            wake = claimDrain();
            deliver = claimDelivery();
        } finally {
            lock.unlock();
        }
        wake(wake);
        deliver(deliver);
        if (refused != null) {
            removeHandlers(handlers);
            Failure reason = refused;
            control.completeExceptionally(
                    reason.kind() == Failure.Kind.LIMIT
                            ? new SubscribeException(reason.text(), List.of(), List.of(reason.reason()))
                            : Publication.exception(reason));
        }
    }

    void addHandler(Handler handler) {
        boolean deliver;
        lock.lock();
        try {
            session.addHandler(handler.filter(), handler);
            deliver = claimDelivery();
        } finally {
            lock.unlock();
        }
        deliver(deliver);
    }

    /** Takes handlers out; returns the filters that have none left. */
    List<TopicFilter> removeHandlers(List<Handler> handlers) {
        List<TopicFilter> lonely = new ArrayList<>();
        lock.lock();
        try {
            for (Handler handler : handlers) {
                if (!session.removeHandler(handler.filter(), handler)) {
                    lonely.add(handler.filter());
                }
            }
        } finally {
            lock.unlock();
        }
        return lonely;
    }

    void removeAllHandlers(List<TopicFilter> filters) {
        lock.lock();
        try {
            filters.forEach(session::removeHandlers);
        } finally {
            lock.unlock();
        }
    }

    // ---- the way out, event loop ----

    /** Takes the lock; spins for a moment first, since whoever has it will be done in less time than parking takes. */
    private void lockSoon() {
        for (int i = 0; i < SPINS; i++) {
            if (lock.tryLock()) {
                return;
            }
            Thread.onSpinWait();
        }
        lock.lock();
    }

    /** Under the lock: whether the caller has to wake the loop for what is in the outbox. */
    private boolean claimDrain() {
        if (drainScheduled || session.outbox().isEmpty()) {
            return false;
        }
        drainScheduled = true;
        return true;
    }

    private void wake(boolean claimed) {
        if (claimed) {
            loop.execute(drain);
        }
    }

    /**
     * Gives the outbox to the connection, as far as that has room. What the session store has not made safe yet stays
     * until it has. While bytes are left, the drain counts as scheduled: writability or the store brings it back here.
     */
    void drain() {
        Connection to = connection;
        while (to != null && to.isWritable()) {
            ByteBuf part;
            Exchange<?> ended;
            lockSoon();
            try {
                drainScheduled = true;
                long noted = log.position();
                if (log.forced() < noted && !session.outbox().isEmpty()) {
                    log.force(noted, () -> loop.execute(drain), client.keeper()::storeFailed);
                    return;
                }
                part = session.outbox().take();
                long now = loop.nanoTime();
                if (part == null) {
                    session.pump(now);
                    if (session.outbox().isEmpty()) {
                        drainScheduled = false;
                        to = null;
                    }
                } else {
                    session.sent(now);
                }
                if (waitingForRoom > 0) {
                    room.signalAll();
                }
                ended = session.takeEnded();
            } finally {
                lock.unlock();
            }
            completions.finish(ended);
            if (part != null && to != null) {
                to.write(part);
            }
        }
        client.keeper().drained();
    }

    // ---- the way in, event loop ----

    /** Bytes have come. Returns what the session tells, in order; empty nearly always. */
    List<SessionEvent> received(ByteBuf bytes) {
        List<SessionEvent> events = List.of();
        Exchange<?> ended;
        boolean deliver;
        boolean full;
        lockSoon();
        try {
            session.received(bytes, loop.nanoTime());
        } catch (MalformedPacketException broken) {
            brokenBy = broken;
        } finally {
            events = takeEvents();
            ended = session.takeEnded();
            deliver = claimDelivery();
            full = isInboxAbove(lifted > 0 ? LIFTED : 1.0);
            if (ended != null && waitingForRoom > 0) {
                room.signalAll();
            }
            lock.unlock();
        }
        completions.finish(ended);
        deliver(deliver);
        if (full && !paused && connection != null) {
            paused = true;
            connection.setReading(false);
            resumeReading(); // the handlers may have caught up before they could see the pause
        }
        return events;
    }

    /** How the broker broke the protocol in what came last; null when it did not. */
    @Nullable
    MalformedPacketException takeBreach() {
        MalformedPacketException breach = brokenBy;
        brokenBy = null;
        return breach;
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
        lockSoon();
        try {
            pending = !session.outbox().isEmpty();
        } finally {
            lock.unlock();
        }
        if (pending) {
            drain();
        }
    }

    /** Under the lock: whether more waits for the handlers than so many times the inbox's bounds. */
    private boolean isInboxAbove(double times) {
        Inbox inbox = session.inbox();
        return inbox.waiting() > times * config.inboxMessages() || inbox.waitingBytes() > times * config.inboxBytes();
    }

    private void resumeReading() {
        boolean full;
        lock.lock();
        try {
            full = isInboxAbove(lifted > 0 ? LIFTED : RESUME);
        } finally {
            lock.unlock();
        }
        if (paused && !full) {
            paused = false;
            if (connection != null) {
                connection.setReading(true);
            }
        }
    }

    /** A blocking call begins (1) or ends (-1); from a handler it must not depend on that handler's own inbox. */
    private void lift(int change) {
        if (delivery.isHandlerThread()) {
            lock.lock();
            try {
                lifted += change;
            } finally {
                lock.unlock();
            }
            loop.execute(this::resumeReading);
        }
    }

    // ---- handlers ----

    /** Under the lock: whether the caller has to start the delivery. */
    private boolean claimDelivery() {
        if (delivering || !session.inbox().hasNext()) {
            return false;
        }
        delivering = true;
        return true;
    }

    private void deliver(boolean claimed) {
        if (claimed) {
            delivery.start();
        }
    }

    /** The handlers are done with a batch, or have none: gives the next one, or null when there is nothing to do. */
    Inbox.@Nullable Batch nextBatch(Inbox.@Nullable Batch done) {
        Inbox.Batch next;
        boolean wake;
        boolean progress;
        boolean resume;
        lockSoon();
        try {
            if (done != null) {
                for (int i = acknowledged; i < done.size(); i++) {
                    handledUnderLock(done.token(i));
                }
                session.inbox().giveBack(done);
            }
            next = session.inbox().take();
            current = next;
            acknowledged = 0;
            delivering = next != null;
            wake = claimDrain();
            progress = next != null && next.size() > 1 && !progressScheduled && !onEventLoop;
            progressScheduled |= progress;
            resume = paused && !isInboxAbove(RESUME);
        } finally {
            lock.unlock();
        }
        wake(wake);
        if (progress) {
            loop.schedule(acknowledgeProgress, PROGRESS_NANOS);
        }
        if (resume) {
            loop.execute(this::resumeReading);
        }
        return next;
    }

    private void acknowledgeProgress() {
        boolean again;
        lockSoon();
        try {
            Inbox.Batch batch = current;
            again = batch != null;
            progressScheduled = again;
            if (batch != null) {
                int done = Math.min(delivery.progress(), batch.size());
                for (; acknowledged < done; acknowledged++) {
                    handledUnderLock(batch.token(acknowledged));
                }
            }
        } finally {
            lock.unlock();
        }
        if (again) {
            loop.schedule(acknowledgeProgress, PROGRESS_NANOS);
            readComplete();
        }
    }

    private void handledUnderLock(int token) {
        if (token != 0) {
            session.handled(token);
        }
    }

    /** A message that is acknowledged by hand is done. Any thread. */
    void handled(int token) {
        boolean wake;
        lock.lock();
        try {
            session.handled(token);
            wake = claimDrain();
        } finally {
            lock.unlock();
        }
        wake(wake);
    }

    void handlerFailed(Message message, Throwable failure) {
        LOG.warn("the handler of a message for '{}' has failed", message.topic(), failure);
        tell(listener -> listener.handlerFailed(client, message, failure));
    }

    void publishFailed(Message message, MqttException failure) {
        tell(listener -> listener.publishFailed(client, message, failure));
    }

    /** Calls the listeners, in order, on a thread of their own. */
    void tell(java.util.function.Consumer<ClientListener> hook) {
        if (!config.listeners().isEmpty()) {
            listenerThread.execute(() -> config.listeners().forEach(hook));
        }
    }

    // ---- the keeper's side, event loop ----

    void open(Connection to, Connect packet) {
        connection = to;
        paused = false;
        locked(() -> session.open(packet, loop.nanoTime()));
        drain();
    }

    /** The connection is gone, or given up. */
    void closed() {
        connection = null;
        locked(() -> {
            session.closed();
            drainScheduled = false;
        });
    }

    /** From now on nothing is taken, for this reason; null: things are taken again. */
    void setClosedTo(@Nullable Failure reason) {
        locked(() -> {
            closedTo = reason;
            room.signalAll();
        });
    }

    void end(Failure reason) {
        locked(() -> {
            session.end(reason);
            drainScheduled = false;
        });
    }

    void endControls(Failure reason) {
        locked(() -> session.endControls(reason));
    }

    void disconnect(Disconnect packet) {
        locked(() -> session.disconnect(packet));
        drain();
    }

    void authenticate(Auth packet) {
        locked(() -> session.authenticate(packet));
        drain();
    }

    /** Does what is due. False: the broker is silent. */
    boolean tick(long now) {
        boolean[] alive = new boolean[1];
        locked(() -> {
            if (paused) {
                session.notReading(now);
            }
            alive[0] = session.tick(now);
        });
        drain();
        return alive[0];
    }

    long nextTick() {
        lock.lock();
        try {
            return session.nextTick();
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        return client.state() == ClientState.CLOSED;
    }

    /** Whether no publish waits or is in flight. */
    boolean isIdle() {
        lock.lock();
        try {
            return session.queued() == 0 && session.inFlight() == 0;
        } finally {
            lock.unlock();
        }
    }

    private void locked(Runnable work) {
        Exchange<?> ended;
        lock.lock();
        try {
            work.run();
        } finally {
            ended = session.takeEnded();
            lock.unlock();
        }
        completions.finish(ended);
    }

    void closeLog() {
        try {
            log.close();
        } catch (IOException failure) {
            LOG.warn("the session store could not be closed: {}", failure.getMessage());
        }
    }

    /** Runs code of the application, or what may block, where that does no harm. */
    void background(Runnable task) {
        background.execute(task);
    }

    // ---- blocking ----

    <T> T await(CompletableFuture<T> future, String what) {
        return await(future, what, config.callTimeout());
    }

    /** Waits for a future; its failure is thrown as it is. */
    <T> T await(CompletableFuture<T> future, String what, Duration limit) {
        if (!future.isDone()) {
            refuseOnLoop();
        }
        lift(1);
        try {
            return future.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            throw new MqttTimeoutException("waited " + limit + " for " + what + ", in vain; state " + client.state());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new MqttTimeoutException("interrupted while waiting for " + what);
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause();
            if (cause instanceof MqttException exception) {
                exception.addSuppressed(new Caller());
                throw exception;
            }
            throw cause instanceof RuntimeException runtime ? runtime : new IllegalStateException(cause);
        } finally {
            lift(-1);
        }
    }

    /** Shows in a stack trace where the blocking call was made. */
    private static final class Caller extends RuntimeException {
        private static final long serialVersionUID = 1;

        Caller() {
            super("the blocking call was made here");
        }
    }

    private void refuseOnLoop() {
        if (loop.inLoop()) {
            throw new IllegalStateException(
                    "a blocking call on the event loop would wait for itself: use the Async form, or leave the handlers on "
                            + "their executor");
        }
    }
}
