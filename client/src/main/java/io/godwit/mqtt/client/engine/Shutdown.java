package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.session.Session;
import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.protocol.Disconnect;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The end that the application asks for: running handlers and publishes in flight are given time, DISCONNECT follows, and with
 * it, or with the client, the futures of those who wait. Event loop only.
 */
final class Shutdown {
    // Set once.
    private final ClientConfig config;
    private final GuardedSession session;
    private final SessionLog log;
    private final EventLoop loop;
    private final ByteFlow flow;
    private final LoopTimer timer;
    private final Notifier notifier;
    private final MessageHandlers handlers;
    private final ClosedFuture closed;
    private final Consumer<String> failed;

    // Event loop only.
    private List<CompletableFuture<Void>> disconnecting = new ArrayList<>(0);
    private List<CompletableFuture<Void>> closes = new ArrayList<>(0);
    /** The DISCONNECT that is to be sent; null once it is in the outbox. */
    private @Nullable Disconnect packet;
    /** When it is sent, whatever is in flight then. */
    private long sentAt;
    /** Whether the broker is given time to end its side after it. */
    private boolean awaitsBroker;

    private boolean closing;
    /** Until when handlers that run may end, before the client is closed or DISCONNECT is sent; null: they are not waited for. */
    private @Nullable Long handlersUntil;
    /** Nothing but handlers keeps the client from being closed. */
    private boolean finishing;

    /** @param failed ends the connection because it did not end in time */
    Shutdown(
            ClientConfig config,
            GuardedSession session,
            SessionLog log,
            ByteFlow flow,
            LoopTimer timer,
            Notifier notifier,
            MessageHandlers handlers,
            ClosedFuture closed,
            Consumer<String> failed) {
        this.config = config;
        this.session = session;
        this.log = log;
        this.loop = config.loop();
        this.flow = flow;
        this.timer = timer;
        this.notifier = notifier;
        this.handlers = handlers;
        this.closed = closed;
        this.failed = failed;
    }

    // ---- who waits ----

    /** Completes the future once the client is disconnected. */
    void onDisconnected(CompletableFuture<Void> future) {
        disconnecting.add(future);
    }

    /** Completes the future once the client is closed. */
    void onClosed(CompletableFuture<Void> future) {
        closes.add(future);
    }

    /** Whether the client is closed after the disconnect. */
    boolean isClosing() {
        return closing;
    }

    // ---- DISCONNECT ----

    /** Sends this packet, once what is in flight has ended or the limit has passed. */
    void begin(Disconnect disconnect, Duration limit, boolean awaitHandlers) {
        packet = disconnect;
        session.run(Session::drain);
        limitHandlers(awaitHandlers, limit);
        if (!isHandling()) {
            refuseRequests();
        }
        sendWithin(limit);
    }

    /** The client is closed after the disconnect, which may have begun before with a longer limit. */
    void beginClose(boolean awaitHandlers) {
        closing = true;
        Duration limit = config.closeTimeout();
        limitHandlers(awaitHandlers, limit);
        if (isPending() && sentAt - loop.nanoTime() > limit.toNanos()) {
            sendWithin(limit);
        }
    }

    /** What was taken is handled to its end, if that is waited for. Handlers may still publish. */
    private void limitHandlers(boolean wait, Duration limit) {
        handlersUntil = wait ? loop.nanoTime() + limit.toNanos() : null;
        handlers.flush();
    }

    private void refuseRequests() {
        session.setClosedTo(Failures.notConnected("not connected: the client is disconnecting"));
    }

    /** Whether handlers are waited for. */
    private boolean isHandling() {
        Long until = handlersUntil;
        return until != null
                && until - loop.nanoTime() > 0
                && session.call(locked -> locked.inbox().waiting() > 0);
    }

    /** Whether DISCONNECT is still to be sent. */
    boolean isPending() {
        return packet != null;
    }

    /** Whether the broker is given time to end the connection after DISCONNECT. */
    boolean awaitsBroker() {
        return awaitsBroker;
    }

    private void sendWithin(Duration limit) {
        sentAt = loop.nanoTime() + limit.toNanos();
        timer.set(limit.toNanos(), this::sendLate);
    }

    private void sendLate() {
        if (!closing && handlersUntil != null) {
            tellMessagesLeft(); // a client that is closed tells it at its end
        }
        send();
    }

    /** Sends DISCONNECT unless something is still in flight or being handled. */
    void sendIfDrained() {
        if (isHandling()) {
            return;
        }
        refuseRequests();
        if (session.call(locked -> locked.queued() == 0 && locked.inFlight() == 0)) {
            send();
        }
    }

    private void send() {
        timer.cancel();
        refuseRequests();
        Disconnect sent = packet;
        packet = null;
        if (sent == null || !flow.isOpen()) {
            return;
        }
        // A will must not be published because DISCONNECT was lost, however unlikely that is.
        awaitsBroker = config.will() != null || !session.call(Session::isQuiet);
        timer.set(config.closeTimeout().toNanos(), () -> failed.accept("the connection did not end in time"));
        flow.send(locked -> locked.disconnect(sent));
    }

    /** Takes those who wait for a DISCONNECT that the broker never received: it may publish the will. */
    List<CompletableFuture<Void>> takeUnsent(boolean unsent) {
        if (!unsent || disconnecting.isEmpty()) {
            return List.of();
        }
        packet = null;
        List<CompletableFuture<Void>> waiting = disconnecting;
        disconnecting = new ArrayList<>(0);
        return waiting;
    }

    /** There was no memory for telling them. */
    void giveBack(List<CompletableFuture<Void>> waiting) {
        disconnecting.addAll(waiting);
    }

    /** The client is disconnected. */
    void complete() {
        disconnecting.forEach(future -> notifier.complete(future, null));
        disconnecting = new ArrayList<>(0);
    }

    // ---- the end of the client ----

    /** Whether handlers still keep the client from being closed; if so, the task runs when their time has passed. */
    boolean isDelayedByHandlers(Runnable then) {
        finishing = isHandling();
        if (finishing) {
            Long until = handlersUntil;
            timer.set(until == null ? 0 : until - loop.nanoTime(), then);
        }
        return finishing;
    }

    /** Whether nothing but handlers keeps the client from being closed. */
    boolean isFinishing() {
        return finishing;
    }

    void tellMessagesLeft() {
        int left = session.call(locked -> locked.inbox().waiting());
        if (left > 0) {
            notifier.tell((listener, client) -> listener.messagesLeft(client, left));
        }
    }

    /** The client is closed: closes the session store and completes every future. */
    void completeClose() {
        if (config.store() == null) {
            completeAll();
            return;
        }
        notifier.background(() -> {
            closeLog();
            loop.execute(this::completeAll);
        });
    }

    private void closeLog() {
        try {
            log.close();
        } catch (IOException failure) {
            notifier.warn("cannot close the session store: " + failure.getMessage(), null);
        }
    }

    private void completeAll() {
        config.network().use().cancel();
        complete();
        closed.complete(notifier);
        closes.forEach(future -> notifier.complete(future, null));
        closes = new ArrayList<>(0);
    }
}
