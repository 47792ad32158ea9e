package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.Authenticator;
import io.godwit.mqtt.client.ClientClosedException;
import io.godwit.mqtt.client.ClientState;
import io.godwit.mqtt.client.ConnectFailure;
import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.Credentials;
import io.godwit.mqtt.client.DisconnectCause;
import io.godwit.mqtt.client.DisconnectCause.EndedBy;
import io.godwit.mqtt.client.MqttConnectException;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.client.NotConnectedException;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.client.net.ConnectPhase;
import io.godwit.mqtt.client.net.FailureReason;
import io.godwit.mqtt.client.session.Failure;
import io.godwit.mqtt.client.session.Session;
import io.godwit.mqtt.client.session.SessionEvent;
import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.Connection;
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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes the connection, keeps it, makes it again and ends it: the state machine of {@link ClientState}. All of it runs on
 * the client's event loop, so it needs no lock; events of an older connection or attempt are told apart by their {@link
 * BrokerConnection}.
 */
final class ConnectionManager implements BrokerConnection.Owner, ByteFlow.Owner {
    /** The reconnect delay if there is no thread to ask the policy. */
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    private static final long STABLE = 10_000_000_000L;
    private static final long STABLE_AFTER_TAKEOVER = 600_000_000_000L;

    // Set once.
    private final ClientConfig config;
    private final GuardedSession session;
    private final SessionLog log;
    private final FutureCompleter completer;
    private final Consumer<SessionEvent.Prompted> prompts;
    private final Notifier notifier;
    private final EventLoop loop;
    private final ByteFlow flow;
    private final Ticker ticker;
    private final Redirection redirection;
    private final @Nullable Authentication authentication;
    private final QueuePressure pressure;
    private final HandlerCalls handlers;
    private final ConnectionFigures figures = new ConnectionFigures();

    // Written by the event loop only.
    private volatile ClientState state = ClientState.IDLE;
    private volatile @Nullable ConnectResult result;

    // Event loop only.
    private @Nullable BrokerConnection connection;
    private @Nullable Cancellable timer;
    /** The question to the reconnect policy whose answer counts. */
    private @Nullable Object waitingFor;

    private int attempts;
    /** The number of the last attempt as the reconnect policy counts: up to the next connection that lasts. */
    private int row;

    private long connectedAt;
    /** Measures the attempt that goes on, if it is recorded. */
    private @Nullable Object attemptEvent;
    /** Why the last connection ended. */
    private @Nullable DisconnectCause lastLoss;

    /** The broker has just named another server: the next attempt goes there, without delay. */
    private boolean redirected;
    /** Keeps the JVM running while the client is connected or trying to be. */
    private @Nullable Cancellable jvmHold;

    /** Whether CONNACK was received since the application last called connect: a lost connection is then made again. */
    private boolean established;

    private String clientId;
    private List<CompletableFuture<ConnectResult>> connecting = new ArrayList<>(0);
    private List<CompletableFuture<Void>> disconnecting = new ArrayList<>(0);
    private List<CompletableFuture<Void>> closes = new ArrayList<>(0);
    /** The DISCONNECT that is to be sent; null once it is in the outbox. */
    private @Nullable Disconnect pendingDisconnect;
    /** When it is sent, whatever is in flight then. */
    private long disconnectAt;
    /** Whether the broker is given time to end its side after it. */
    private boolean awaitBroker;

    private boolean closing;
    /** Until when handlers that run may end, before the client is closed or DISCONNECT is sent; null: they are not waited for. */
    private @Nullable Long handlersUntil;
    /** Nothing but handlers keeps the client from being closed. */
    private boolean finishing;

    /** @param prompts delivers messages that are handled ahead of others */
    ConnectionManager(
            ClientConfig config,
            GuardedSession session,
            SessionLog log,
            ReadPause pause,
            FutureCompleter completer,
            Consumer<SessionEvent.Prompted> prompts,
            Notifier notifier,
            HandlerCalls handlers,
            QueuePressure pressure) {
        this.handlers = handlers;
        this.pressure = pressure;
        this.config = config;
        this.session = session;
        this.log = log;
        this.completer = completer;
        this.prompts = prompts;
        this.notifier = notifier;
        this.loop = config.loop();
        this.flow = new ByteFlow(session, loop, log, pause, this, notifier.hooks() != null);
        this.ticker = new Ticker(session, loop, pause, this::ticked, this::silent);
        this.redirection = new Redirection(config);
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

    /** Gives the outbox to the connection. */
    void drain() {
        flow.drain();
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
            case CONNECTING -> connecting.add(future);
            case WAITING -> {
                connecting.add(future);
                begin();
            }
            case DISCONNECTING -> {
                if (closing) {
                    notifier.fail(future, new ClientClosedException("the client is being closed"));
                } else {
                    connecting.add(future); // begins when the old connection has ended
                }
            }
            case IDLE -> {
                connecting.add(future);
                beginFresh();
            }
        }
    }

    private void beginFresh() {
        attempts = 0;
        row = 1;
        lastLoss = null;
        redirection.reset();
        established = false;
        handlers.resume();
        holdJvm();
        session.setClosedTo(null);
        begin();
    }

    /** Ends the connection with this packet, once what is in flight has ended or the limit has passed. */
    void disconnect(CompletableFuture<Void> future, Disconnect packet, Duration limit, boolean awaitHandlers) {
        switch (state) {
            case CLOSED, IDLE -> notifier.complete(future, null);
            case CONNECTING, WAITING -> {
                disconnecting.add(future);
                giveUp(null);
            }
            case DISCONNECTING -> disconnecting.add(future);
            case CONNECTED -> {
                disconnecting.add(future);
                pendingDisconnect = packet;
                state = ClientState.DISCONNECTING;
                session.run(Session::drain);
                awaitHandlers(awaitHandlers, limit);
                if (!isHandling()) {
                    refuseRequests();
                }
                sendDisconnectWithin(limit);
                drained();
            }
        }
    }

    /** What was taken is handled to its end, if that is waited for. Handlers may still publish. */
    private void awaitHandlers(boolean wait, Duration limit) {
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

    /** Handlers have returned. Any thread. */
    void handlersDone() {
        if (state == ClientState.DISCONNECTING) {
            loop.execute(this::drained);
        }
    }

    private void tellMessagesLeft() {
        int left = session.call(locked -> locked.inbox().waiting());
        if (left > 0) {
            notifier.tell((listener, client) -> listener.messagesLeft(client, left));
        }
    }

    void close(CompletableFuture<Void> future, boolean awaitHandlers) {
        if (closing || state == ClientState.CLOSED) {
            if (state == ClientState.CLOSED) {
                notifier.complete(future, null);
            } else {
                closes.add(future);
            }
            return;
        }
        closing = true;
        awaitHandlers(awaitHandlers, config.closeTimeout());
        if (pendingDisconnect != null
                && disconnectAt - loop.nanoTime() > config.closeTimeout().toNanos()) {
            sendDisconnectWithin(config.closeTimeout());
        }
        closes.add(future);
        // nobody looks at the end of the disconnect itself: the future above ends with the client
        disconnect(
                new BlockingFuture<>(),
                new Disconnect(ReasonCode.SUCCESS, MqttProperties.NONE),
                config.closeTimeout(),
                awaitHandlers);
        if (state == ClientState.IDLE) {
            finish();
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
            connection = null;
            flow.closed();
        }
    }

    private void begin() {
        cancelTimer();
        waitingFor = null;
        state = ClientState.CONNECTING;
        attempts++;
        figures.attempts++;
        int attempt = attempts;
        attemptEvent = JfrEvents.connecting();
        notifier.tell((listener, client) -> listener.connecting(client, attempt));
        BrokerConnection next = new BrokerConnection(this, flow, config);
        connection = next;
        if (config.credentials() == null && config.authenticator() == null) {
            open(next, null, null);
            return;
        }
        setTimer(config.callTimeout().toNanos(), () -> credentialsTimedOut(next));
        attempt(next, () -> notifier.background(() -> askCredentials(next)));
    }

    /** Whatever the step throws, an {@link Error} too, is a failed attempt: it is reported, and the next one may succeed. */
    private void attempt(BrokerConnection with, Runnable step) {
        try {
            step.run();
        } catch (Throwable failure) {
            with.fail(ConnectFailure.of(
                    ConnectPhase.CONNECT, FailureReason.OTHER, "could not start to connect: " + failure, failure));
        }
    }

    private void credentialsTimedOut(BrokerConnection with) {
        with.fail(ConnectFailure.of(
                ConnectPhase.CONNACK,
                FailureReason.CREDENTIALS_UNAVAILABLE,
                "timed out after " + Times.text(config.callTimeout()) + " waiting for credentials",
                null));
    }

    /** Runs on the application's side: suppliers may take their time. */
    private void askCredentials(BrokerConnection next) {
        try {
            Credentials credentials =
                    config.credentials() == null ? null : config.credentials().get();
            Authenticator authenticator = config.authenticator();
            byte[] data = authenticator == null ? null : authenticator.begin();
            loop.execute(() -> open(next, credentials, data));
        } catch (Throwable failure) {
            loop.execute(() -> next.fail(ConnectFailure.of(
                    ConnectPhase.CONNACK,
                    FailureReason.CREDENTIALS_UNAVAILABLE,
                    "could not obtain credentials: " + failure,
                    failure)));
        }
    }

    private void open(BrokerConnection next, @Nullable Credentials credentials, byte @Nullable [] authData) {
        if (connection != next) {
            return;
        }
        cancelTimer();
        Redirection.Detour detour = redirection.detour();
        attempt(
                next,
                () -> next.open(
                        detour == null ? config.transportOptions() : detour.options(),
                        ConnectPackets.forServers(
                                config.login(),
                                clientId,
                                detour == null || detour.trusted() ? credentials : null,
                                authData)));
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
        } else if (event instanceof SessionEvent.Unhandled unhandled) {
            notifier.messageUnhandled(unhandled.message(), unhandled.parked());
            if (unhandled.parked()) {
                ticker.schedule();
            }
        } else if (event instanceof SessionEvent.TickEarlier) {
            ticker.schedule();
        } else if (event instanceof SessionEvent.Prompted prompted) {
            prompts.accept(prompted);
        } else if (event instanceof SessionEvent.Resubscribed again) {
            resubscribed(again);
        } else if (event instanceof SessionEvent.Sent sent) {
            notifier.publishSent(sent.message(), sent.again());
        } else if (event instanceof SessionEvent.Rejected rejected) {
            notifier.messageRejected(rejected.message(), rejected.reason());
        }
    }

    private void resubscribed(SessionEvent.Resubscribed again) {
        notifier.tell((listener, client) -> listener.resubscribed(client, again.subscription(), again.reason()));
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
        cancelTimer();
        MqttProperties properties = event.connack().properties();
        clientId = properties.getOr(Property.ASSIGNED_CLIENT_IDENTIFIER, clientId);
        int keepAlive = properties.getOr(
                Property.SERVER_KEEP_ALIVE, (int) config.keepAlive().toSeconds());
        Connection made = from.connection();
        ConnectResult accepted = new ConnectResult(
                event.resumed(),
                clientId,
                Duration.ofSeconds(keepAlive),
                made == null ? "" : made.address().withoutCredentials().toString(),
                properties);
        result = accepted;
        state = ClientState.CONNECTED;
        if (!established && row == 1) {
            row = 0;
        }
        established = true;
        attempts = 0;
        connectedAt = loop.nanoTime();
        figures.connectedAt = connectedAt;
        figures.made++;
        JfrEvents.connected(attemptEvent, config.clientId(), accepted);
        ticker.schedule();
        List<CompletableFuture<ConnectResult>> waiting = connecting;
        connecting = new ArrayList<>(0);
        waiting.stream().filter(BlockingFuture.class::isInstance).forEach(future -> future.complete(accepted));
        waiting.removeIf(BlockingFuture.class::isInstance);
        ConnectFuture told = new ConnectFuture(accepted, waiting, notifier);
        session.run(locked -> locked.ended().add(told));
        if (authentication != null) {
            authentication.succeeded(from, properties.get(Property.AUTHENTICATION_DATA));
        }
    }

    private void refused(BrokerConnection from, Connack connack) {
        ReasonCode reason = connack.reason(config.version());
        String code =
                reason == null ? "return code " + connack.code() : Failures.describe(reason, connack.properties());
        ConnectFailure failure = new ConnectFailure(
                ConnectPhase.CONNACK,
                FailureReason.BROKER_REJECTED,
                connack.code(),
                reason,
                "the broker refused the connection" + from.where() + ": " + code
                        + redirect(from, connack.properties(), reason),
                connack.properties(),
                null);
        if (redirected) {
            from.drop(false);
            redirected = false;
            begin();
        } else {
            from.fail(failure);
        }
    }

    /** Follows the broker's hint to another server if that is allowed; what to add to the message. */
    private String redirect(BrokerConnection from, MqttProperties properties, @Nullable ReasonCode reason) {
        String reference = properties.get(Property.SERVER_REFERENCE);
        Connection made = from.connection();
        boolean moved = reason == ReasonCode.USE_ANOTHER_SERVER || reason == ReasonCode.SERVER_MOVED;
        if (!moved || reference == null || made == null) {
            return "";
        }
        String why = redirection.follow(made.address(), reference);
        redirected = why == null;
        return why == null ? "; it names another server" : "; " + why;
    }

    /** The JVM keeps running while the client is connected or trying to be, unless the application wants otherwise. */
    private void holdJvm() {
        if (jvmHold == null && !config.network().daemon()) {
            jvmHold = config.transport().holdJvm();
        }
    }

    private void releaseJvm() {
        Cancellable hold = jvmHold;
        jvmHold = null;
        if (hold != null) {
            hold.cancel();
        }
    }

    private void serverDisconnected(BrokerConnection from, Disconnect disconnect) {
        ReasonCode reason = disconnect.reason();
        String why = "the broker disconnected: " + Failures.describe(reason, disconnect.properties())
                + (reason == ReasonCode.SESSION_TAKEN_OVER
                        ? "; another client is using the client identifier '" + clientId + "'"
                        : "")
                + redirect(from, disconnect.properties(), reason);
        from.drop(false);
        lost(new DisconnectCause(EndedBy.BROKER, reason, why, disconnect.properties(), null));
    }

    private void authReceived(BrokerConnection from, Auth auth) {
        byte[] data = auth.properties().get(Property.AUTHENTICATION_DATA);
        if (authentication == null) {
            broken(new ProtocolViolationException(
                    ReasonCode.PROTOCOL_ERROR,
                    0,
                    "[MQTT-4.12.0-1]",
                    "received AUTH, though CONNECT named no authentication method"));
            return;
        }
        ProtocolViolationException violation = authentication.accepts(auth.properties(), "AUTH");
        if (violation == null) {
            violation = authentication.outOfStep(auth.reason(), state == ClientState.CONNECTING);
        }
        if (violation != null) {
            broken(violation);
        } else if (auth.reason() == ReasonCode.SUCCESS) {
            authentication.succeeded(from, data);
        } else {
            authentication.answer(from, ReasonCode.CONTINUE_AUTHENTICATION, data);
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
        redirection.reset(); // a server that was only named is not tried again
        MqttException reason = new MqttConnectException(failure);
        if (established || config.retryFirst()) {
            waitForNext(
                    new Reconnect.Attempt(++row, lastLoss, failure),
                    reason,
                    next -> notifier.tell((listener, client) -> listener.connectFailed(client, failure, next)));
        } else {
            notifier.tell((listener, client) -> listener.connectFailed(client, failure, null));
            giveUp(reason);
        }
    }

    private void endAuthentication(String why) {
        if (authentication != null) {
            authentication.lost(why);
        }
    }

    @Override
    public void lost(DisconnectCause cause) {
        boolean unsent = pendingDisconnect != null || flow.hasUnsent() || cause.exception() != null;
        if (!redirected) {
            redirection.endRow();
        }
        cancelTimer();
        if (connection != null) {
            connection.drop(false);
        }
        result = null;
        endAuthentication(cause.text());
        if (state == ClientState.DISCONNECTING) {
            List<CompletableFuture<Void>> notSent = takeUnsentDisconnects(unsent);
            disconnected(); // first, so that who hears of the failure finds the client disconnected
            NotConnectedException failure = new NotConnectedException("DISCONNECT was not sent: " + cause.text());
            notSent.forEach(future -> notifier.fail(future, failure));
            return;
        }
        lastLoss = cause;
        figures.lost++;
        JfrEvents.disconnected(config.clientId(), cause, loop.nanoTime() - connectedAt);
        if (loop.nanoTime() - connectedAt >= stableAfter(cause)) {
            row = 0;
        }
        waitForNext(
                new Reconnect.Attempt(++row, cause, null),
                new NotConnectedException(cause.text()),
                next -> notifier.tell((listener, client) -> listener.disconnected(client, cause, next)));
    }

    /** Asks the policy, which is the application's code and so not run here, and waits as long as it says. */
    private void waitForNext(Reconnect.Attempt attempt, MqttException reason, Consumer<@Nullable Duration> tell) {
        state = ClientState.WAITING;
        ticker.schedule();
        Object pending = new Object();
        waitingFor = pending;
        boolean atOnce = redirected;
        redirected = false;
        try {
            notifier.background(() -> {
                Duration next = atOnce ? Duration.ZERO : delay(attempt);
                loop.execute(() -> waitFor(pending, next, reason, tell));
            });
        } catch (Throwable noThread) {
            notifier.warn(
                    "cannot ask the reconnect policy; the client tries again after " + Times.text(AFTER_FAILURE),
                    noThread);
            waitFor(pending, AFTER_FAILURE, reason, tell);
        }
    }

    private void waitFor(
            Object pending, @Nullable Duration next, MqttException reason, Consumer<@Nullable Duration> tell) {
        if (waitingFor == pending && state == ClientState.WAITING) {
            tell.accept(next);
            if (next == null) {
                giveUp(reason);
            } else {
                setTimer(next.toNanos(), this::begin);
            }
        }
    }

    /** How long a connection must last to be a success, so that the reconnect policy counts from one again. */
    private static long stableAfter(DisconnectCause cause) {
        // Two clients with one identifier end each other's connections, whenever the other one comes back.
        return cause.reasonCode() == ReasonCode.SESSION_TAKEN_OVER ? STABLE_AFTER_TAKEOVER : STABLE;
    }

    private @Nullable Duration delay(Reconnect.Attempt attempt) {
        try {
            Duration delay = config.reconnect().delay(attempt);
            if (delay == null && attempt.isPointless() && attempt.failure() != null) {
                notifier.warn("not trying again, since that cannot help", null);
            }
            return delay;
        } catch (Throwable failure) {
            notifier.warn("the reconnect policy failed; the client does not reconnect", failure);
            return null;
        }
    }

    /** Stops trying. The failure is for those who wait for a connection; null: the application asked for the end. */
    private void giveUp(@Nullable MqttException failure) {
        cancelTimer();
        if (connection != null) {
            connection.drop(false);
        }
        MqttException reason =
                failure != null ? failure : new NotConnectedException("disconnected before CONNACK was received");
        List<CompletableFuture<ConnectResult>> waiting = connecting;
        connecting = new ArrayList<>(0);
        idle(String.valueOf(reason.getMessage()));
        waiting.forEach(future -> notifier.fail(future, reason));
    }

    private void sendDisconnectWithin(Duration limit) {
        disconnectAt = loop.nanoTime() + limit.toNanos();
        setTimer(limit.toNanos(), this::sendDisconnectLate);
    }

    private void sendDisconnectLate() {
        if (!closing && handlersUntil != null) {
            tellMessagesLeft(); // a client that is closed tells it at its end
        }
        sendDisconnect();
    }

    private void sendDisconnect() {
        cancelTimer();
        refuseRequests();
        Disconnect packet = pendingDisconnect;
        pendingDisconnect = null;
        if (connection == null || packet == null) {
            return;
        }
        // A will must not be published because DISCONNECT was lost, however unlikely that is.
        awaitBroker = config.will() != null || !session.call(Session::isQuiet);
        setTimer(
                config.closeTimeout().toNanos(),
                () -> lost(DisconnectCauses.byClient("the connection did not end in time", null)));
        flow.send(locked -> locked.disconnect(packet));
    }

    /** What was waiting may have left: that is when a disconnect that waited for it goes on. */
    @Override
    public void drained() {
        pressure.drained();
        if (state != ClientState.DISCONNECTING) {
            return;
        }
        if (finishing) {
            finish();
        } else if (pendingDisconnect != null) {
            if (isHandling()) {
                return;
            }
            refuseRequests();
            if (session.call(locked -> locked.queued() == 0 && locked.inFlight() == 0)) {
                sendDisconnect();
            }
        } else if (connection != null && !flow.hasUnsent()) {
            connection.close(awaitBroker);
        }
    }

    /** Whoever waits for a disconnect must know that the broker never received it, and may publish the will. */
    private List<CompletableFuture<Void>> takeUnsentDisconnects(boolean unsent) {
        if (!unsent || disconnecting.isEmpty()) {
            return List.of();
        }
        pendingDisconnect = null;
        List<CompletableFuture<Void>> waiting = disconnecting;
        disconnecting = new ArrayList<>(0);
        return waiting;
    }

    /** The connection has ended as the application wanted. */
    private void disconnected() {
        DisconnectCause cause = DisconnectCauses.byApplication();
        JfrEvents.disconnected(config.clientId(), cause, loop.nanoTime() - connectedAt);
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
        if (config.cleanSession() && config.store() == null && !closing) {
            end(new Failure(
                    Failure.Kind.SESSION_LOST,
                    ReasonCode.UNSPECIFIED_ERROR,
                    "the session has ended with its connection: " + why,
                    MqttProperties.NONE));
        }
        if (closing) {
            finish();
            return;
        }
        ticker.schedule();
        completeDisconnects();
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
        if (isHandling()) {
            finishing = true;
            state = ClientState.DISCONNECTING;
            Long until = handlersUntil;
            setTimer(until == null ? 0 : until - loop.nanoTime(), this::finish);
            return;
        }
        finishing = false;
        cancelTimer();
        tellMessagesLeft();
        state = ClientState.CLOSED;
        handlers.stop();
        releaseJvm();
        ticker.stop();
        session.setClosedTo(Failures.CLOSED);
        end(Failures.CLOSED);
        session.run(Session::finish);
        // A connect during a disconnect waits for its end.
        List<CompletableFuture<ConnectResult>> waiting = connecting;
        connecting = new ArrayList<>(0);
        waiting.forEach(future -> notifier.fail(future, new ClientClosedException("the client is closed")));
        notifier.tell((listener, client) -> listener.closed(client));
        if (config.store() == null) {
            completeDisconnects();
            return;
        }
        notifier.background(() -> {
            closeLog();
            loop.execute(this::completeDisconnects);
        });
    }

    private void closeLog() {
        try {
            log.close();
        } catch (IOException failure) {
            notifier.warn("cannot close the session store: " + failure.getMessage(), null);
        }
    }

    private void completeDisconnects() {
        List<CompletableFuture<Void>> waiting = new ArrayList<>(disconnecting);
        disconnecting = new ArrayList<>(0);
        if (state == ClientState.CLOSED) {
            config.network().use().cancel();
            waiting.addAll(closes);
            closes = new ArrayList<>(0);
        }
        waiting.forEach(future -> notifier.complete(future, null));
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

    private void ticked() {
        flow.tellEvents();
        flow.drain();
    }

    private void silent() {
        end("the broker did not answer PINGREQ: the connection is dead", null);
    }

    private void end(String why, @Nullable Exception exception) {
        if (connection != null) {
            connection.drop(false);
            lost(DisconnectCauses.byClient(why, exception));
        }
    }

    // ---- time ----

    @Override
    public void setTimer(long nanos, Runnable then) {
        cancelTimer();
        timer = loop.schedule(then, nanos);
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
