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
import io.godwit.mqtt.client.session.SessionEvent;
import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.Connection;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.codec.ProtocolViolationException;
import io.godwit.mqtt.protocol.Auth;
import io.godwit.mqtt.protocol.Connack;
import io.godwit.mqtt.protocol.Disconnect;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ReasonCode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the connection, keeps it, makes it again and ends it: the state machine of {@link ClientState}. All of it runs on
 * the client's event loop, so it needs no lock; what arrives from an older connection or attempt is told apart by its
 * {@link BrokerConnection}.
 */
final class ConnectionManager {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionManager.class);
    private static final Failure CLOSED =
            new Failure(Failure.Kind.CLOSED, ReasonCode.UNSPECIFIED_ERROR, "the client is closed", MqttProperties.NONE);

    // Set once.
    private final RealMqttClient client;
    private final ClientConfig config;
    private final ClientCore core;
    private final EventLoop loop;
    private final @Nullable Authentication authentication;

    private volatile ClientState state = ClientState.IDLE;
    private volatile @Nullable ConnectResult result;

    // Event loop only.
    private @Nullable BrokerConnection line;
    private @Nullable Cancellable timer;
    private @Nullable Cancellable tick;
    /** The question to the reconnect policy whose answer counts. */
    private @Nullable Object waitingFor;

    private long tickAt;
    private int attempts;
    /** Why the last connection ended. */
    private @Nullable DisconnectCause lastLoss;

    private final Redirection redirection;
    /** The broker has just named another server: the next attempt goes there, without delay. */
    private boolean redirected;
    /** Whether CONNACK has come since the application last called connect: a lost connection is then made again. */
    private boolean established;

    private String clientId;
    private List<CompletableFuture<ConnectResult>> connecting = new ArrayList<>(0);
    private List<CompletableFuture<Void>> disconnecting = new ArrayList<>(0);
    /** The DISCONNECT that is to be sent; null once it is in the outbox. */
    private @Nullable Disconnect farewell;
    /** When it is said, whatever is in flight then. */
    private long farewellAt;
    /** Whether the broker is given time to end its side after it. */
    private boolean awaitBroker;

    private boolean closing;
    private @Nullable Cancellable jvmHold;

    ConnectionManager(RealMqttClient client, ClientConfig config, ClientCore core) {
        this.client = client;
        this.config = config;
        this.core = core;
        this.loop = core.loop;
        Authenticator authenticator = config.authenticator();
        this.authentication = authenticator == null ? null : new Authentication(authenticator, core, this);
        this.clientId = config.clientId();
        this.redirection = new Redirection(config);
    }

    ClientState state() {
        return state;
    }

    @Nullable
    ConnectResult result() {
        return result;
    }

    // ---- what the application asks for ----

    void connect(CompletableFuture<ConnectResult> future) {
        switch (state) {
            case CLOSED -> fail(future, new ClientClosedException("the client is closed"));
            case CONNECTED -> complete(future, result);
            case CONNECTING -> connecting.add(future);
            case WAITING -> {
                connecting.add(future);
                begin();
            }
            case DISCONNECTING -> {
                if (closing) {
                    fail(future, new ClientClosedException("the client is being closed"));
                } else {
                    connecting.add(future); // begins when the old connection has ended
                }
            }
            case IDLE -> {
                connecting.add(future);
                fresh();
            }
        }
    }

    private void fresh() {
        attempts = 0;
        redirection.reset();
        established = false;
        holdJvm();
        core.setClosedTo(null);
        begin();
    }

    /** Ends the connection with this packet, once what is in flight has ended or the limit has passed. */
    void disconnect(CompletableFuture<Void> future, Disconnect packet, Duration limit) {
        switch (state) {
            case CLOSED, IDLE -> complete(future, null);
            case CONNECTING, WAITING -> {
                disconnecting.add(future);
                giveUp(null);
            }
            case DISCONNECTING -> disconnecting.add(future);
            case CONNECTED -> {
                disconnecting.add(future);
                farewell = packet;
                state = ClientState.DISCONNECTING;
                core.setClosedTo(ClientCore.notConnected("not connected: the client is disconnecting"));
                sayFarewellWithin(limit);
                drained();
            }
        }
    }

    void close(CompletableFuture<Void> future) {
        if (closing || state == ClientState.CLOSED) {
            if (state == ClientState.CLOSED) {
                complete(future, null);
            } else {
                disconnecting.add(future);
            }
            return;
        }
        closing = true;
        if (farewell != null
                && farewellAt - loop.nanoTime() > config.closeTimeout().toNanos()) {
            sayFarewellWithin(config.closeTimeout());
        }
        disconnecting.add(future);
        // nobody looks at the end of the disconnect itself: the future above ends with the client
        disconnect(
                new BlockingFuture<>(), new Disconnect(ReasonCode.SUCCESS, MqttProperties.NONE), config.closeTimeout());
        if (state == ClientState.IDLE) {
            finish();
        }
    }

    void reauthenticate(CompletableFuture<Void> future) {
        BrokerConnection current = line;
        if (authentication == null || state != ClientState.CONNECTED || current == null) {
            fail(future, new NotConnectedException("re-authentication needs an authenticator and a connection"));
        } else {
            authentication.again(current, future);
        }
    }

    // ---- the attempt ----

    boolean isCurrent(BrokerConnection other) {
        return line == other;
    }

    /** The line is let go; nothing of it counts any more. */
    void forget(BrokerConnection other) {
        if (line == other) {
            line = null;
            core.closed();
        }
    }

    private void begin() {
        cancelTimer();
        waitingFor = null;
        state = ClientState.CONNECTING;
        attempts++;
        int attempt = attempts;
        core.tell(listener -> listener.connecting(client, attempt));
        BrokerConnection next = new BrokerConnection(this, core, config);
        line = next;
        if (config.credentials() == null && config.authenticator() == null) {
            open(next, null, null);
        } else {
            core.background(() -> askCredentials(next));
        }
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
        if (line != next) {
            return;
        }
        Redirection.Detour detour = redirection.detour();
        next.open(
                detour == null ? config.transportOptions() : detour.options(),
                ConnectPackets.forServers(
                        config.login(), clientId, detour == null || detour.trusted() ? credentials : null, authData));
    }

    // ---- what the session tells ----

    void handle(BrokerConnection from, SessionEvent event) {
        if (!from.isCurrent()) {
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
            core.tellOfMessage(
                    unhandled.message(),
                    listener -> listener.messageUnhandled(client, unhandled.message(), unhandled.parked()));
        } else if (event instanceof SessionEvent.Prompted prompted) {
            core.deliverPrompt(prompted);
        } else if (event instanceof SessionEvent.Resubscribed again) {
            core.tell(listener -> listener.resubscribed(client, again.subscription(), again.reason()));
        }
    }

    private void connected(BrokerConnection from, SessionEvent.Connected event) {
        cancelTimer();
        MqttProperties properties = event.connack().properties();
        clientId = properties.getOr(Property.ASSIGNED_CLIENT_IDENTIFIER, clientId);
        int keepAlive = properties.getOr(
                Property.SERVER_KEEP_ALIVE, (int) config.keepAlive().toSeconds());
        Connection connection = from.connection();
        ConnectResult accepted = new ConnectResult(
                event.resumed(),
                clientId,
                Duration.ofSeconds(keepAlive),
                connection == null
                        ? ""
                        : connection.address().withoutCredentials().toString(),
                properties);
        result = accepted;
        state = ClientState.CONNECTED;
        established = true;
        attempts = 0;
        scheduleTick();
        List<CompletableFuture<ConnectResult>> waiting = connecting;
        connecting = new ArrayList<>(0);
        waiting.forEach(future -> complete(future, accepted));
        core.tell(listener -> listener.connected(client, accepted));
        if (authentication != null) {
            authentication.succeeded(from, properties.get(Property.AUTHENTICATION_DATA));
        }
    }

    private void refused(BrokerConnection from, Connack connack) {
        ReasonCode reason = connack.reason(config.version());
        String code = reason == null ? "return code " + connack.code() : Reasons.describe(reason, connack.properties());
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
        Connection connection = from.connection();
        boolean moved = reason == ReasonCode.USE_ANOTHER_SERVER || reason == ReasonCode.SERVER_MOVED;
        if (!moved || reference == null || connection == null) {
            return "";
        }
        String why = redirection.follow(connection.address(), reference);
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
        String why = "the broker disconnected: " + Reasons.describe(reason, disconnect.properties())
                + redirect(from, disconnect.properties(), reason);
        from.drop(false);
        lost(new DisconnectCause(EndedBy.BROKER, reason, why, disconnect.properties(), null));
    }

    private void authReceived(BrokerConnection from, Auth auth) {
        byte[] data = auth.properties().get(Property.AUTHENTICATION_DATA);
        if (authentication == null) {
            from.brokenBy(new ProtocolViolationException(
                    ReasonCode.PROTOCOL_ERROR, 0, "[MQTT-4.12.0-1]", "AUTH came, though CONNECT named no method"));
        } else if (auth.reason() == ReasonCode.SUCCESS) {
            authentication.succeeded(from, data);
        } else {
            authentication.answer(from, ReasonCode.CONTINUE_AUTHENTICATION, data);
        }
    }

    /** The application's authenticator has thrown. */
    void authenticationFailed(BrokerConnection with, Exception failure) {
        String why = "the authenticator failed: " + failure;
        if (state == ClientState.CONNECTING) {
            with.fail(ConnectFailure.of(ConnectPhase.CONNACK, FailureReason.AUTHENTICATION_FAILED, why, failure));
        } else {
            with.drop(false);
            lost(DisconnectCauses.byClient(why, failure));
        }
    }

    // ---- ends ----

    void attemptFailed(ConnectFailure failure) {
        redirection.reset(); // a server that was only named is not tried again
        MqttException reason = new MqttConnectException(failure);
        if (established || config.retryFirst()) {
            waitForNext(
                    attempts + 1,
                    failure,
                    reason,
                    next -> core.tell(listener -> listener.connectFailed(client, failure, next)));
        } else {
            core.tell(listener -> listener.connectFailed(client, failure, null));
            giveUp(reason);
        }
    }

    private void endAuthentication(String why) {
        if (authentication != null) {
            authentication.lost(why);
        }
    }

    /** An established connection has ended, and it was not the application that wanted it. */
    void lost(DisconnectCause cause) {
        if (!redirected) {
            redirection.endRow();
        }
        cancelTimer();
        if (line != null) {
            line.drop(false);
        }
        endAuthentication(cause.text());
        if (state == ClientState.DISCONNECTING) {
            ended(DisconnectCauses.byApplication());
            return;
        }
        lastLoss = cause;
        waitForNext(
                1,
                null,
                new NotConnectedException(cause.text()),
                next -> core.tell(listener -> listener.disconnected(client, cause, next)));
    }

    /** Asks the policy, which is the application's code and so not run here, and waits as long as it says. */
    private void waitForNext(
            int attempt, @Nullable ConnectFailure last, MqttException reason, Consumer<@Nullable Duration> tell) {
        state = ClientState.WAITING;
        scheduleTick();
        Object pending = new Object();
        waitingFor = pending;
        boolean atOnce = redirected;
        redirected = false;
        core.background(() -> {
            Duration next = atOnce ? Duration.ZERO : delay(attempt, last);
            loop.execute(() -> {
                if (waitingFor == pending && state == ClientState.WAITING) {
                    tell.accept(next);
                    if (next == null) {
                        giveUp(reason);
                    } else {
                        setTimer(next.toNanos(), this::begin);
                    }
                }
            });
        });
    }

    private @Nullable Duration delay(int attempt, @Nullable ConnectFailure last) {
        try {
            return config.reconnect().delay(new Reconnect.Attempt(attempt, lastLoss, last));
        } catch (RuntimeException failure) {
            LOG.warn("the reconnect policy has failed; the connection is given up", failure);
            return null;
        }
    }

    /** Stops trying. The failure is for those who wait for a connection; null: the application asked for the end. */
    private void giveUp(@Nullable MqttException failure) {
        cancelTimer();
        if (line != null) {
            line.drop(false);
        }
        MqttException reason =
                failure != null ? failure : new NotConnectedException("disconnected before CONNACK came");
        List<CompletableFuture<ConnectResult>> waiting = connecting;
        connecting = new ArrayList<>(0);
        idle(String.valueOf(reason.getMessage()));
        waiting.forEach(future -> fail(future, reason));
    }

    private void sayFarewellWithin(Duration limit) {
        farewellAt = loop.nanoTime() + limit.toNanos();
        setTimer(limit.toNanos(), this::sayFarewell);
    }

    private void sayFarewell() {
        cancelTimer();
        BrokerConnection last = line;
        Disconnect packet = farewell;
        farewell = null;
        if (last == null || packet == null) {
            return;
        }
        // A will must not be published because DISCONNECT was lost, however unlikely that is.
        awaitBroker = config.will() != null || !core.isQuiet();
        setTimer(
                config.closeTimeout().toNanos(),
                () -> lost(DisconnectCauses.byClient("the connection did not end in time", null)));
        core.say(session -> session.disconnect(packet));
    }

    /** What was waiting may have left: that is when a disconnect that waited for it goes on. */
    void drained() {
        if (state != ClientState.DISCONNECTING) {
            return;
        }
        if (farewell != null) {
            if (core.isIdle()) {
                sayFarewell();
            }
        } else if (line != null && !core.hasUnsent()) {
            line.close(awaitBroker);
        }
    }

    private void ended(DisconnectCause why) {
        core.tell(listener -> listener.disconnected(client, why, null));
        idle("disconnected");
    }

    private void idle(String why) {
        state = ClientState.IDLE;
        endAuthentication(why);
        result = null;
        core.setClosedTo(ClientCore.notConnected("not connected: " + why));
        core.say(session -> session.endControls(ClientCore.notConnected("not connected: " + why)));
        if (config.cleanSession() && config.store() == null && !closing) {
            core.end(new Failure(
                    Failure.Kind.SESSION_LOST,
                    ReasonCode.UNSPECIFIED_ERROR,
                    "the session has ended with its connection: " + why,
                    MqttProperties.NONE));
        }
        if (closing) {
            finish();
            return;
        }
        scheduleTick();
        settleDisconnects();
        if (connecting.isEmpty()) {
            releaseJvm();
        } else {
            fresh();
        }
    }

    private void finish() {
        state = ClientState.CLOSED;
        releaseJvm();
        if (tick != null) {
            tick.cancel();
            tick = null;
        }
        core.setClosedTo(CLOSED);
        core.end(CLOSED);
        if (config.store() == null) {
            settleDisconnects();
            return;
        }
        core.background(() -> {
            core.closeLog();
            loop.execute(this::settleDisconnects);
        });
    }

    private void settleDisconnects() {
        List<CompletableFuture<Void>> waiting = disconnecting;
        disconnecting = new ArrayList<>(0);
        waiting.forEach(future -> complete(future, null));
    }

    void storeFailed(IOException failure) {
        loop.execute(() -> {
            if (line != null) {
                line.drop(false);
                lost(DisconnectCauses.byClient("the session store cannot write: " + failure.getMessage(), failure));
            }
        });
    }

    // ---- time ----

    void setTimer(long nanos, Runnable then) {
        cancelTimer();
        timer = loop.schedule(then, nanos);
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    /** Looks when the session has something to do next: a ping, an expiry. */
    void scheduleTick() {
        long at = core.nextTick();
        if (tick != null) {
            if (tickAt - at <= 0 && at != Long.MAX_VALUE) {
                return; // it looks again when it fires
            }
            tick.cancel();
            tick = null;
        }
        if (at != Long.MAX_VALUE && state != ClientState.CLOSED) {
            tickAt = at;
            tick = loop.schedule(this::tick, Math.max(0, at - loop.nanoTime()));
        }
    }

    private void tick() {
        tick = null;
        if (!core.tick(loop.nanoTime()) && line != null) {
            line.drop(false);
            lost(DisconnectCauses.byClient("the broker did not answer PINGREQ: the connection is dead", null));
        }
        scheduleTick();
    }

    // ---- futures: what depends on them never runs on the loop ----

    @SuppressWarnings("NullAway") // a future of Void completes with null
    private <T> void complete(CompletableFuture<T> future, @Nullable T value) {
        if (future instanceof BlockingFuture) {
            future.complete(value);
        } else {
            core.dependents(() -> future.complete(value));
        }
    }

    private <T> void fail(CompletableFuture<T> future, MqttException failure) {
        if (future instanceof BlockingFuture) {
            future.completeExceptionally(failure);
        } else {
            core.dependents(() -> future.completeExceptionally(failure));
        }
    }
}
