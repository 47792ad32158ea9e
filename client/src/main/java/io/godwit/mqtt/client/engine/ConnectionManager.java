package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.Authenticator;
import io.godwit.mqtt.client.ClientClosedException;
import io.godwit.mqtt.client.ClientState;
import io.godwit.mqtt.client.ConnectFailure;
import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.DisconnectCause;
import io.godwit.mqtt.client.DisconnectCause.EndedBy;
import io.godwit.mqtt.client.MqttConnectException;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.client.NotConnectedException;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.client.net.ConnectPhase;
import io.godwit.mqtt.client.net.FailureReason;
import io.godwit.mqtt.client.session.Failure;
import io.godwit.mqtt.client.session.OnDemand;
import io.godwit.mqtt.client.session.Session;
import io.godwit.mqtt.client.session.SessionEvent;
import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.client.transport.Times;
import io.godwit.mqtt.codec.ProtocolViolationException;
import io.godwit.mqtt.protocol.Auth;
import io.godwit.mqtt.protocol.Connack;
import io.godwit.mqtt.protocol.Disconnect;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.ReasonCode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes the connection, keeps it, makes it again and ends it: the state machine of {@link ClientState}. All of it runs on
 * the client's event loop, so it needs no lock; events of an older connection or attempt are recognized by their {@link
 * BrokerConnection}.
 */
final class ConnectionManager implements BrokerConnection.Owner, ByteFlow.Owner, Ticker.Owner {
    private static final String RESTARTED =
            "an error stopped the event loop, as it may when the memory is exhausted; it was started again";

    private static final Duration AFTER_RESTART = Duration.ofSeconds(1);

    // Set once.
    private final ClientConfig config;
    private final GuardedSession session;
    private final FutureCompleter completer;
    private final Notifier notifier;
    private final EventLoop loop;
    private final ByteFlow flow;
    private final Ticker ticker;
    private final LoopTimer timer;
    private final @Nullable Authentication authentication;
    private final SessionLog log;
    private final ClosedFuture closed;
    private final QueuePressure pressure;
    private final MessageHandlers handlers;
    private final ConnectionFigures figures = new ConnectionFigures();

    // Written by the event loop only.
    private volatile ClientState state = ClientState.IDLE;
    private volatile @Nullable ConnectResult result;

    // Event loop only.
    private @Nullable BrokerConnection connection;
    /** How many attempts were made since the last connection. */
    private int attempts;

    /** Measures the attempt that goes on, if it is recorded. */
    private @Nullable Object attemptEvent;
    /** Whether CONNACK was received since the application last called connect: a lost connection is then made again. */
    private boolean established;

    /** Made when the broker refuses or ends a connection, since it may name another server; dropped when an attempt fails. */
    private @Nullable Redirection redirection;
    /** Made when a connection, or the attempt to make one, ends for good. */
    private @Nullable Shutdown shutdown;

    /** Made with the first attempt, and released when it was followed by a connection. */
    private @Nullable ReconnectSchedule reconnects;

    private Cancellable restarts = () -> {};
    /** Hears when the next attempt is made, as soon as that is known. */
    private @Nullable Consumer<@Nullable Duration> untold;

    /** Keeps the JVM running while the client is connected or trying to be. */
    private @Nullable Cancellable jvmHold;

    private boolean toldClosed;
    private boolean finished;
    private String clientId;
    private List<CompletableFuture<ConnectResult>> connecting = Collections.emptyList();

    ConnectionManager(
            ClientConfig config,
            GuardedSession session,
            SessionLog log,
            ReadPause pause,
            FutureCompleter completer,
            Notifier notifier,
            MessageHandlers handlers,
            QueuePressure pressure,
            ClosedFuture closed) {
        this.handlers = handlers;
        this.pressure = pressure;
        this.config = config;
        this.session = session;
        this.completer = completer;
        this.notifier = notifier;
        this.loop = config.loop();
        this.flow = new ByteFlow(session, loop, log, pause, this, notifier.hooks() != null);
        this.ticker = new Ticker(session, loop, pause, this);
        this.timer = new LoopTimer(loop);
        this.log = log;
        this.closed = closed;
        Authenticator authenticator = config.authenticator();
        this.authentication = authenticator == null
                ? null
                : new Authentication(
                        authenticator,
                        loop,
                        notifier,
                        auth -> flow.send(locked -> locked.authenticate(auth)),
                        this::authenticationFailed);
        this.clientId = config.clientId();
    }

    ClientState state() {
        return state;
    }

    @Nullable
    ConnectResult result() {
        return result;
    }

    /** What is counted of the connections. */
    ConnectionFigures figures() {
        return figures;
    }

    /** Counts bytes. */
    ByteFlow flow() {
        return flow;
    }

    /** Looks when the session has something to do next. */
    void scheduleTick() {
        ticker.schedule();
    }

    // ---- what the application asks for ----

    void connect(CompletableFuture<ConnectResult> future) {
        switch (state) {
            case CLOSED -> notifier.fail(future, new ClientClosedException("the client is closed"));
            case CONNECTED -> notifier.complete(future, result);
            case CONNECTING -> awaitConnection(future);
            case WAITING -> {
                awaitConnection(future);
                begin();
            }
            case DISCONNECTING -> {
                if (shutdown().isClosing()) {
                    notifier.fail(future, new ClientClosedException("the client is being closed"));
                } else {
                    awaitConnection(future); // begins when the old connection has ended
                }
            }
            case IDLE -> {
                awaitConnection(future);
                beginFresh();
            }
        }
    }

    private void awaitConnection(CompletableFuture<ConnectResult> future) {
        connecting = OnDemand.own(connecting);
        connecting.add(future);
    }

    private void beginFresh() {
        attempts = 0;
        reconnects().begin();
        redirection = null;
        established = false;
        handlers.resume();
        holdJvm();
        session.setClosedTo(null);
        begin();
    }

    /** Unless the application asked for daemon threads. */
    private void holdJvm() {
        if (jvmHold == null && !config.network().daemon()) {
            jvmHold = config.transport().holdJvm();
        }
    }

    private void releaseJvm() {
        if (jvmHold != null) {
            jvmHold.cancel();
            jvmHold = null;
        }
    }

    /** Ends the connection with this packet, once what is in flight has ended or the limit has passed. */
    void disconnect(CompletableFuture<Void> future, Disconnect packet, Duration limit, boolean awaitHandlers) {
        if (state == ClientState.CLOSED || state == ClientState.IDLE) {
            notifier.complete(future, null);
            return;
        }
        shutdown().onDisconnected(future);
        disconnect(packet, limit, awaitHandlers);
    }

    private void disconnect(Disconnect packet, Duration limit, boolean awaitHandlers) {
        switch (state) {
            case CONNECTING, WAITING -> giveUp(null);
            case CONNECTED -> {
                state = ClientState.DISCONNECTING;
                shutdown().begin(packet, limit, awaitHandlers);
                drained();
            }
            case IDLE, DISCONNECTING, CLOSED -> {
                // there is no connection to end, or it is being ended
            }
        }
    }

    void close(CompletableFuture<Void> future, boolean awaitHandlers) {
        if (state == ClientState.CLOSED) {
            notifier.complete(future, null);
            return;
        }
        shutdown().onClosed(future);
        if (shutdown().isClosing()) {
            return;
        }
        shutdown().beginClose(awaitHandlers);
        disconnect(new Disconnect(ReasonCode.SUCCESS, MqttProperties.NONE), config.closeTimeout(), awaitHandlers);
        if (state == ClientState.IDLE) {
            finish();
        }
    }

    /** Handlers have returned. Any thread. */
    void handlersDone() {
        if (state == ClientState.DISCONNECTING) {
            loop.execute(this::drained);
        }
    }

    void reauthenticate(CompletableFuture<Void> future) {
        BrokerConnection current = connection;
        if (authentication == null || state != ClientState.CONNECTED || current == null) {
            notifier.fail(
                    future, new NotConnectedException("re-authentication needs an authenticator and a connection"));
        } else {
            authentication.again(current, future);
        }
    }

    // ---- the attempt ----

    @Override
    public boolean isCurrent(BrokerConnection other) {
        return connection == other;
    }

    @Override
    public boolean isConnecting() {
        return state == ClientState.CONNECTING;
    }

    @Override
    public void detail(String text, Throwable failure) {
        notifier.debug(text, failure);
    }

    @Override
    public void forget(BrokerConnection other) {
        if (connection == other) {
            flow.closed(); // first, so that it is done again if there was no memory for it
            connection = null;
        }
    }

    private void begin() {
        timer.cancel();
        reconnects().cancel();
        untold = null;
        state = ClientState.CONNECTING;
        attempts++;
        figures.attempts++;
        int attempt = attempts;
        attemptEvent = JfrEvents.connecting();
        notifier.tell((listener, client) -> listener.connecting(client, attempt));
        BrokerConnection next = new BrokerConnection(this, flow, config);
        connection = next;
        new AttemptStarter(config, loop, notifier, timer, redirection == null ? null : redirection.detour())
                .start(next, clientId);
    }

    // ---- what the bytes bring ----

    @Override
    public void event(SessionEvent event) {
        BrokerConnection from = connection;
        if (from == null) {
            return;
        }
        if (event instanceof SessionEvent.Connected connected) {
            connected(from, connected);
        } else if (event instanceof SessionEvent.Refused refused) {
            refused(from, refused.connack());
        } else if (event instanceof SessionEvent.ServerDisconnected ended) {
            serverDisconnected(from, ended.disconnect());
        } else if (event instanceof SessionEvent.AuthReceived auth) {
            authReceived(from, auth.auth());
        } else {
            SessionReports.report(event, notifier, ticker, handlers);
        }
    }

    private void connected(BrokerConnection from, SessionEvent.Connected event) {
        if (authentication != null) {
            ProtocolViolationException violation =
                    authentication.accepts(event.connack().properties(), "CONNACK");
            if (violation != null) {
                broken(violation);
                return;
            }
        }
        timer.cancel();
        MqttProperties properties = event.connack().properties();
        clientId = properties.getOr(Property.ASSIGNED_CLIENT_IDENTIFIER, clientId);
        ConnectResult accepted = from.accepted(event, clientId);
        result = accepted;
        state = ClientState.CONNECTED;
        if (!established && reconnects().firstConnected()) {
            reconnects = null;
        }
        established = true;
        attempts = 0;
        figures.connectedAt = loop.nanoTime();
        figures.made++;
        JfrEvents.connected(attemptEvent, config.clientId(), accepted);
        notifier.logConnected(accepted);
        flow.trim();
        ticker.schedule();
        List<CompletableFuture<ConnectResult>> waiting = new ArrayList<>(connecting);
        waiting.stream().filter(BlockingFuture.class::isInstance).forEach(future -> future.complete(accepted));
        waiting.removeIf(BlockingFuture.class::isInstance);
        if (!waiting.isEmpty() || notifier.tellsConnections()) {
            ConnectFuture told = new ConnectFuture(accepted, waiting, notifier);
            session.run(locked -> locked.ended().add(told));
        }
        connecting = Collections.emptyList(); // not before: without memory for the above they still wait
        if (authentication != null) {
            authentication.succeeded(from, properties.get(Property.AUTHENTICATION_DATA));
        }
    }

    private void refused(BrokerConnection from, Connack connack) {
        ConnectFailure failure = from.refusal(
                connack,
                redirection().follow(from.connection(), connack.properties(), connack.reason(config.version())));
        if (takesRedirect()) {
            from.drop(false);
            begin();
        } else {
            from.fail(failure);
        }
    }

    private void serverDisconnected(BrokerConnection from, Disconnect disconnect) {
        ReasonCode reason = disconnect.reason();
        String why = "the broker disconnected: " + Failures.describe(reason, disconnect.properties())
                + (reason == ReasonCode.SESSION_TAKEN_OVER
                        ? "; another client is using the client identifier '" + clientId + "'"
                        : "")
                + redirection().follow(from.connection(), disconnect.properties(), reason);
        from.drop(false);
        lost(new DisconnectCause(EndedBy.BROKER, reason, why, disconnect.properties(), null));
    }

    private void authReceived(BrokerConnection from, Auth auth) {
        ProtocolViolationException violation = authentication == null
                ? Authentication.unexpected()
                : authentication.received(from, auth, state == ClientState.CONNECTING);
        if (violation != null) {
            broken(violation);
        }
    }

    private void authenticationFailed(Exception failure) {
        BrokerConnection current = connection;
        String why = "the authenticator failed: " + failure;
        if (current != null && state == ClientState.CONNECTING) {
            current.fail(ConnectFailure.of(ConnectPhase.CONNACK, FailureReason.AUTHENTICATION_FAILED, why, failure));
        } else if (current != null) {
            current.drop(false);
            lost(DisconnectCauses.byClient(why, failure));
        }
    }

    @Override
    public void broken(ProtocolViolationException violation) {
        BrokerConnection current = connection;
        if (current == null) {
            return;
        }
        String why = "the broker broke the protocol: " + violation.getMessage();
        if (state == ClientState.CONNECTING) {
            current.fail(ConnectFailure.of(ConnectPhase.CONNACK, FailureReason.NOT_MQTT, why, violation));
            return;
        }
        boolean v5 = config.version() == ProtocolVersion.V5;
        if (v5) {
            flow.send(locked -> locked.disconnect(new Disconnect(violation.reason(), MqttProperties.NONE)));
        }
        current.drop(v5);
        lost(new DisconnectCause(EndedBy.CLIENT, v5 ? violation.reason() : null, why, MqttProperties.NONE, violation));
    }

    // ---- ends ----

    @Override
    public void attemptFailed(ConnectFailure failure) {
        figures.failedAttempts++;
        JfrEvents.connectFailed(attemptEvent, config.clientId(), failure);
        redirection = null; // a server that was only named is not tried again
        MqttException reason = new MqttConnectException(failure);
        if (established || config.retryFirst()) {
            waitForNext(
                    reconnects().after(failure),
                    reason,
                    next -> notifier.tell((listener, client) -> listener.connectFailed(client, failure, next)));
        } else {
            notifier.tell((listener, client) -> listener.connectFailed(client, failure, null));
            giveUp(reason);
        }
    }

    private ReconnectSchedule reconnects() {
        ReconnectSchedule made = reconnects;
        if (made == null) {
            made = new ReconnectSchedule(config, loop, notifier);
            reconnects = made;
        }
        return made;
    }

    private Redirection redirection() {
        Redirection made = redirection;
        if (made == null) {
            made = new Redirection(config);
            redirection = made;
        }
        return made;
    }

    /** Whether the broker has just named another server, where the next attempt goes. */
    private boolean takesRedirect() {
        return redirection != null && redirection.takeDue();
    }

    private Shutdown shutdown() {
        Shutdown made = shutdown;
        if (made == null) {
            made = new Shutdown(
                    config,
                    session,
                    log,
                    flow,
                    timer,
                    notifier,
                    handlers,
                    closed,
                    why -> lost(DisconnectCauses.byClient(why, null)));
            shutdown = made;
        }
        return made;
    }

    private void endAuthentication(String why) {
        if (authentication != null) {
            authentication.lost(why);
        }
    }

    @Override
    public void lost(DisconnectCause cause) {
        boolean unsent = shutdown != null && shutdown.isPending() || flow.hasUnsent() || cause.exception() != null;
        if (redirection != null) {
            redirection.connectionEnded();
        }
        timer.cancel();
        if (connection != null) {
            connection.drop(false);
        }
        result = null;
        endAuthentication(cause.text());
        if (state == ClientState.DISCONNECTING) {
            List<CompletableFuture<Void>> notSent = shutdown().takeUnsent(unsent);
            try {
                disconnected(); // first, so that who hears of the failure finds the client disconnected
            } catch (OutOfMemoryError again) {
                shutdown().giveBack(notSent);
                throw again;
            }
            NotConnectedException failure = new NotConnectedException("DISCONNECT was not sent: " + cause.text());
            notSent.forEach(future -> notifier.fail(future, failure));
            return;
        }
        figures.lost++;
        long lasted = loop.nanoTime() - figures.connectedAt;
        JfrEvents.disconnected(config.clientId(), cause, lasted);
        waitForNext(
                reconnects().after(cause, lasted),
                new NotConnectedException(cause.text()),
                next -> notifier.tell((listener, client) -> listener.disconnected(client, cause, next)));
    }

    /** Makes the next attempt when the policy says so. */
    private void waitForNext(Reconnect.Attempt attempt, MqttException reason, Consumer<@Nullable Duration> tell) {
        state = ClientState.WAITING;
        untold = tell;
        timer.set(config.callTimeout().toNanos(), this::policyTimedOut); // there is a next step, whatever fails
        ticker.schedule();
        reconnects().ask(attempt, takesRedirect(), next -> {
            if (next == null) {
                tell(null);
                giveUp(reason);
            } else {
                timer.set(next.toNanos(), this::begin);
                tell(next);
            }
        });
    }

    private void tell(@Nullable Duration next) {
        Consumer<@Nullable Duration> waiting = untold;
        if (waiting != null) {
            waiting.accept(next);
            untold = null;
        }
    }

    private void policyTimedOut() {
        reconnects().cancel();
        timer.set(0, this::begin);
        notifier.warn(
                "timed out after " + Times.text(config.callTimeout())
                        + " waiting for the reconnect policy; the client tries again",
                null);
        tell(Duration.ZERO);
    }

    /** Stops trying. The failure is for those who wait for a connection; null: the application asked for the end. */
    private void giveUp(@Nullable MqttException failure) {
        timer.cancel();
        reconnects().cancel();
        if (connection != null) {
            connection.drop(false);
        }
        MqttException reason =
                failure != null ? failure : new NotConnectedException("disconnected before CONNACK was received");
        List<CompletableFuture<ConnectResult>> waiting = connecting;
        connecting = Collections.emptyList();
        try {
            idle(String.valueOf(reason.getMessage()));
            waiting.forEach(future -> notifier.fail(future, reason));
        } catch (OutOfMemoryError again) {
            connecting = waiting;
            throw again;
        }
    }

    /** What was waiting may have left: that is when a disconnect that waited for it goes on. */
    @Override
    public void drained() {
        pressure.drained();
        if (state != ClientState.DISCONNECTING) {
            return;
        }
        if (shutdown().isFinishing()) {
            finish();
        } else if (shutdown().isPending()) {
            shutdown().sendIfDrained();
        } else if (connection != null && !flow.hasUnsent()) {
            connection.close(shutdown().awaitsBroker());
        }
    }

    /** The connection has ended as the application wanted. */
    private void disconnected() {
        DisconnectCause cause = DisconnectCauses.byApplication();
        JfrEvents.disconnected(config.clientId(), cause, loop.nanoTime() - figures.connectedAt);
        notifier.tell((listener, client) -> listener.disconnected(client, cause, null));
        idle("disconnected");
    }

    private void idle(String why) {
        state = ClientState.IDLE;
        endAuthentication(why);
        result = null;
        Failure notConnected = Failures.notConnected("not connected: " + why);
        session.setClosedTo(notConnected);
        session.run(locked -> locked.endPendingSubscriptions(notConnected));
        if (config.cleanSession() && config.store() == null && !shutdown().isClosing()) {
            end(new Failure(
                    Failure.Kind.SESSION_LOST,
                    ReasonCode.UNSPECIFIED_ERROR,
                    "the session has ended with its connection: " + why,
                    MqttProperties.NONE));
        }
        if (shutdown().isClosing()) {
            finish();
            return;
        }
        ticker.schedule();
        shutdown().complete();
        if (connecting.isEmpty()) {
            releaseJvm();
        } else {
            beginFresh();
        }
    }

    /** Ends every exchange. */
    private void end(Failure reason) {
        session.run(locked -> {
            locked.end(reason);
            session.outboxCleared();
        });
        completer.completeAll(); // the loop may have no time left
    }

    private void finish() {
        if (shutdown().isDelayedByHandlers(this::finish)) {
            state = ClientState.DISCONNECTING;
            return;
        }
        timer.cancel();
        shutdown().tellMessagesLeft();
        state = ClientState.CLOSED;
        handlers.stop();
        releaseJvm();
        ticker.stop();
        session.setClosedTo(Failures.CLOSED);
        end(Failures.CLOSED);
        session.run(Session::finish);
        // A connect during a disconnect waits for its end.
        connecting.forEach(future -> notifier.fail(future, new ClientClosedException("the client is closed")));
        connecting = Collections.emptyList();
        if (!toldClosed) {
            notifier.tell((listener, client) -> listener.closed(client));
            toldClosed = true;
        }
        shutdown().completeClose();
        finished = true;
        restarts.cancel();
    }

    /** The calls of {@link #restarted}, which end with the client. To be called before the client is used. */
    void restarts(Cancellable registration) {
        restarts = registration;
    }

    /**
     * An error has stopped the event loop, perhaps in the middle of anything here, and its connections and timers have ended or
     * go on. Finds out what is to be done next. Without memory for that it is called again.
     */
    void restarted() {
        completer.restarted();
        switch (state) {
            case CONNECTING -> restartedConnecting();
            case CONNECTED, DISCONNECTING -> lost(DisconnectCauses.byClient(RESTARTED, null));
            case WAITING -> {
                boolean asked = reconnects().askAgain();
                if (!timer.isSet() || untold != null && !asked) {
                    timer.set(AFTER_RESTART.toNanos(), this::begin);
                    tell(AFTER_RESTART);
                }
            }
            case IDLE -> {
                if (shutdown().isClosing()) {
                    finish();
                } else {
                    shutdown().complete();
                    if (!connecting.isEmpty()) {
                        beginFresh();
                    }
                }
            }
            case CLOSED -> {
                if (!finished) {
                    finish();
                }
            }
        }
        if (state != ClientState.CLOSED) {
            ticker.schedule();
        }
    }

    private void restartedConnecting() {
        ConnectFailure failure = ConnectFailure.of(ConnectPhase.CONNECT, FailureReason.OTHER, RESTARTED, null);
        BrokerConnection current = connection;
        if (current != null) {
            current.fail(failure);
        } else {
            attemptFailed(failure);
        }
    }

    @Override
    public void storeForced(long nanos) {
        notifier.storeForced(nanos);
    }

    @Override
    public void storeFailed(IOException failure) {
        notifier.storeFailed(failure);
        loop.execute(() -> end("the session store cannot write: " + failure.getMessage(), failure));
    }

    @Override
    public void ticked() {
        flow.tellEvents();
        flow.drain();
        flow.trim();
    }

    @Override
    public void silent() {
        end("the broker did not answer PINGREQ: the connection is dead", null);
    }

    private void end(String why, @Nullable Exception exception) {
        if (connection != null) {
            connection.drop(false);
            lost(DisconnectCauses.byClient(why, exception));
        }
    }

    @Override
    public void setTimer(long nanos, Runnable then) {
        timer.set(nanos, then);
    }
}
