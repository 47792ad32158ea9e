package io.godwit.mqtt.client;

import io.godwit.mqtt.client.ConnectFailure.Reason;
import io.godwit.mqtt.client.road.Road;
import io.godwit.mqtt.client.road.RoadException;
import io.godwit.mqtt.client.road.ServerAddress;
import io.godwit.mqtt.client.session.Failure;
import io.godwit.mqtt.client.session.SessionEvent;
import io.godwit.mqtt.client.transport.Attempt;
import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.Connection;
import io.godwit.mqtt.client.transport.ConnectionListener;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.protocol.Auth;
import io.godwit.mqtt.protocol.Connack;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Disconnect;
import io.godwit.mqtt.protocol.Properties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.codec.MalformedPacketException;
import io.netty.buffer.ByteBuf;
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
 * {@link Line}.
 */
final class ConnectionKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionKeeper.class);
    private static final int MOST_REDIRECTS = 3;
    private static final Failure CLOSED =
            new Failure(Failure.Kind.CLOSED, ReasonCode.UNSPECIFIED_ERROR, "the client is closed", Properties.NONE);

    // Set once.
    private final MqttClient client;
    private final ClientConfig config;
    private final ClientCore core;
    private final EventLoop loop;

    private volatile ClientState state = ClientState.IDLE;
    private volatile @Nullable ConnectResult result;

    // Event loop only.
    private @Nullable Line line;
    private @Nullable Cancellable timer;
    private @Nullable Cancellable tick;
    /** The question to the reconnect policy whose answer counts. */
    private @Nullable Object waitingFor;

    private long tickAt;
    private int attempts;
    private int redirects;
    private @Nullable Road detour;
    /** Whether CONNACK has come since the application last called connect: a lost connection is then made again. */
    private boolean established;

    private String clientId;
    private final List<CompletableFuture<ConnectResult>> connecting = new ArrayList<>(1);
    private final List<CompletableFuture<Void>> disconnecting = new ArrayList<>(1);
    private @Nullable Disconnect farewell;
    private boolean closing;
    private @Nullable CompletableFuture<Void> reauthentication;

    ConnectionKeeper(MqttClient client, ClientConfig config, ClientCore core) {
        this.client = client;
        this.config = config;
        this.core = core;
        this.loop = core.loop;
        this.clientId = config.clientId();
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
        redirects = 0;
        detour = null;
        established = false;
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
                setTimer(limit.toNanos(), this::sayFarewell);
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
        CompletableFuture<Void> ended = new CompletableFuture<>();
        disconnecting.add(future);
        disconnect(ended, new Disconnect(ReasonCode.SUCCESS, Properties.NONE), config.closeTimeout());
        if (state == ClientState.IDLE) {
            finish();
        }
    }

    void reauthenticate(CompletableFuture<Void> future) {
        Authenticator authenticator = config.authenticator();
        Line current = line;
        if (authenticator == null || state != ClientState.CONNECTED || current == null) {
            fail(future, new NotConnectedException("re-authentication needs an authenticator and a connection"));
            return;
        }
        reauthentication = future;
        authenticate(current, authenticator, ReasonCode.RE_AUTHENTICATE, null);
    }

    // ---- the attempt ----

    private void begin() {
        cancelTimer();
        waitingFor = null;
        state = ClientState.CONNECTING;
        attempts++;
        int attempt = attempts;
        core.tell(listener -> listener.connecting(client, attempt));
        Line next = new Line();
        line = next;
        if (config.credentials() == null && config.authenticator() == null) {
            open(next, null, null);
        } else {
            core.background(() -> askCredentials(next));
        }
    }

    /** Runs on the application's side: suppliers may take their time. */
    private void askCredentials(Line next) {
        try {
            Credentials credentials =
                    config.credentials() == null ? null : config.credentials().get();
            Authenticator authenticator = config.authenticator();
            byte[] data = authenticator == null ? null : authenticator.begin();
            loop.execute(() -> open(next, credentials, data));
        } catch (Throwable failure) {
            loop.execute(() -> next.fail(
                    ConnectFailure.of(Reason.SERVER_NOT_FOUND, "the credentials could not be had: " + failure),
                    failure));
        }
    }

    private void open(Line next, @Nullable Credentials credentials, byte @Nullable [] authData) {
        if (line != next) {
            return;
        }
        Road road = detour != null ? detour : config.road();
        next.connect = connectPacket(credentials, authData);
        next.attempt = config.transport().open(loop, road, next);
    }

    @SuppressWarnings("NullAway") // nullable arrays of a record are not understood
    private Connect connectPacket(@Nullable Credentials credentials, byte @Nullable [] authData) {
        Properties properties = config.connectProperties();
        Authenticator authenticator = config.authenticator();
        if (authenticator != null) {
            properties = properties
                    .with(Property.AUTHENTICATION_METHOD, authenticator.method())
                    .with(Property.AUTHENTICATION_DATA, authData);
        }
        return new Connect(
                config.version(),
                clientId,
                config.cleanSession(),
                (int) config.keepAlive().toSeconds(),
                config.will(),
                credentials == null ? null : credentials.username(),
                credentials == null ? null : credentials.password(),
                properties);
    }

    /** One attempt and the connection that comes of it; ignored as soon as another one has taken its place. */
    private final class Line implements ConnectionListener {
        private @Nullable Connect connect;
        private @Nullable Attempt attempt;
        private @Nullable Connection connection;

        private boolean isCurrent() {
            return line == this;
        }

        @Override
        public void connected(Connection made) {
            connection = made;
            if (!isCurrent() || connect == null) {
                made.close(false);
                return;
            }
            setTimer(config.connackTimeout().toNanos(), this::noConnack);
            try {
                core.open(made, connect);
            } catch (IllegalArgumentException unwritable) {
                fail(
                        ConnectFailure.of(Reason.TIMEOUT_SENDING, "CONNECT cannot be written: " + message(unwritable)),
                        unwritable);
            }
        }

        @Override
        public void failed(RoadException failure) {
            fail(
                    ConnectFailure.of(
                            failure.step() == RoadException.Step.RESOLVE ? Reason.DNS : Reason.SERVER_NOT_FOUND,
                            String.valueOf(failure.getMessage())),
                    failure);
        }

        @Override
        public void received(ByteBuf bytes) {
            if (!isCurrent()) {
                return;
            }
            for (SessionEvent event : core.received(bytes)) {
                handle(this, event);
            }
            MalformedPacketException breach = core.takeBreach();
            if (breach != null && isCurrent()) {
                brokenBy(breach);
            }
        }

        @Override
        public void readComplete() {
            if (isCurrent()) {
                core.readComplete();
            }
        }

        @Override
        public void writabilityChanged() {
            if (isCurrent()) {
                core.drain();
            }
        }

        @Override
        public void closed(@Nullable Throwable cause) {
            if (!isCurrent()) {
                return;
            }
            String why = cause == null ? "the broker closed the connection" : "the connection broke: " + message(cause);
            if (state == ClientState.CONNECTING) {
                fail(ConnectFailure.of(Reason.TIMEOUT_RECEIVING, why + " before CONNACK came"), cause);
            } else {
                lost(why);
            }
        }

        private void noConnack() {
            boolean sent = connection == null || connection.isWritable();
            fail(
                    ConnectFailure.of(
                            sent ? Reason.TIMEOUT_RECEIVING : Reason.TIMEOUT_SENDING,
                            (sent ? "no CONNACK came within " : "CONNECT could not be written within ")
                                    + config.connackTimeout()
                                    + where()),
                    null);
        }

        private String where() {
            return connection == null ? "" : " (" + connection.describe() + ")";
        }

        /** The broker has broken the protocol. */
        private void brokenBy(MalformedPacketException broken) {
            String why = "the broker broke the protocol: " + broken.getMessage();
            if (state == ClientState.CONNECTING) {
                fail(ConnectFailure.of(Reason.NOT_A_CONNACK, why), broken);
                return;
            }
            if (config.version() == ProtocolVersion.V5) {
                core.say(session -> session.disconnect(new Disconnect(broken.reason(), Properties.NONE)));
            }
            drop(config.version() == ProtocolVersion.V5);
            lost(why);
        }

        /** This attempt has failed: the next one, or none. */
        private void fail(ConnectFailure failure, @Nullable Throwable cause) {
            if (isCurrent()) {
                drop(false);
                attemptFailed(failure, cause);
            }
        }

        /** Lets the connection go; nothing of it is heard any more. */
        private void drop(boolean flush) {
            line = null;
            if (attempt != null && connection == null) {
                attempt.cancel();
            }
            if (connection != null) {
                connection.close(flush);
            }
            core.closed();
        }
    }

    private static String message(Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    // ---- what the session tells ----

    private void handle(Line from, SessionEvent event) {
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
            core.tell(listener -> listener.messageUnhandled(client, unhandled.message(), unhandled.parked()));
        } else if (event instanceof SessionEvent.Resubscribed again) {
            core.tell(listener -> listener.resubscribed(client, again.subscription(), again.reason()));
        }
    }

    private void connected(Line from, SessionEvent.Connected event) {
        cancelTimer();
        Properties properties = event.connack().properties();
        clientId = properties.getOr(Property.ASSIGNED_CLIENT_IDENTIFIER, clientId);
        int keepAlive = properties.getOr(
                Property.SERVER_KEEP_ALIVE, (int) config.keepAlive().toSeconds());
        Connection connection = from.connection;
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
        redirects = 0;
        scheduleTick();
        List<CompletableFuture<ConnectResult>> waiting = List.copyOf(connecting);
        connecting.clear();
        waiting.forEach(future -> complete(future, accepted));
        core.tell(listener -> listener.connected(client, accepted));
        byte[] data = properties.get(Property.AUTHENTICATION_DATA);
        Authenticator authenticator = config.authenticator();
        if (authenticator != null) {
            authenticated(authenticator, data);
        }
    }

    private void refused(Line from, Connack connack) {
        ReasonCode reason = connack.reason(config.version());
        String code = reason == null ? "return code " + connack.code() : Reasons.describe(reason, connack.properties());
        ConnectFailure failure = new ConnectFailure(
                Reason.REFUSED,
                connack.code(),
                reason,
                "the broker refused the connection" + from.where() + ": " + code,
                connack.properties());
        if (redirect(connack.properties(), reason)) {
            from.drop(false);
            begin();
        } else {
            from.fail(failure, null);
        }
    }

    /** Takes the broker's hint to another server, MQTT 5 section 4.11, if the application allows that. */
    private boolean redirect(Properties properties, @Nullable ReasonCode reason) {
        String reference = properties.get(Property.SERVER_REFERENCE);
        boolean moved = reason == ReasonCode.USE_ANOTHER_SERVER || reason == ReasonCode.SERVER_MOVED;
        if (!moved || reference == null || !config.followRedirects() || redirects >= MOST_REDIRECTS) {
            return false;
        }
        try {
            String first = reference.trim().split("\\s+", 2)[0];
            ServerAddress from = config.road().servers().get(0);
            String address = first.contains("://") ? first : from.scheme().text() + "://" + first;
            detour = config.road().toBuilder()
                    .servers(List.of(ServerAddress.parse(address)))
                    .build();
            redirects++;
            return true;
        } catch (IllegalArgumentException unusable) {
            return false;
        }
    }

    private void serverDisconnected(Line from, Disconnect disconnect) {
        ReasonCode reason = disconnect.reason();
        boolean moved = redirect(disconnect.properties(), reason);
        from.drop(false);
        lost("the broker disconnected: " + Reasons.describe(reason, disconnect.properties())
                + (moved ? "; it names another server" : ""));
    }

    private void authReceived(Line from, Auth auth) {
        Authenticator authenticator = config.authenticator();
        byte[] data = auth.properties().get(Property.AUTHENTICATION_DATA);
        if (authenticator == null) {
            from.brokenBy(new MalformedPacketException(
                    ReasonCode.PROTOCOL_ERROR, 0, "[MQTT-4.12.0-1]", "AUTH came, though CONNECT named no method"));
        } else if (auth.reason() == ReasonCode.SUCCESS) {
            authenticated(authenticator, data);
        } else {
            authenticate(from, authenticator, ReasonCode.CONTINUE_AUTHENTICATION, data);
        }
    }

    private void authenticate(Line to, Authenticator authenticator, ReasonCode reason, byte @Nullable [] challenge) {
        core.background(() -> {
            try {
                byte[] answer =
                        reason == ReasonCode.RE_AUTHENTICATE ? authenticator.begin() : authenticator.answer(challenge);
                Properties properties = Properties.of(Property.AUTHENTICATION_METHOD, authenticator.method())
                        .with(Property.AUTHENTICATION_DATA, answer);
                loop.execute(() -> {
                    if (to.isCurrent()) {
                        core.say(session -> session.authenticate(new Auth(reason, properties)));
                    }
                });
            } catch (Exception failure) {
                loop.execute(() -> authenticationFailed(to, failure));
            }
        });
    }

    private void authenticationFailed(Line with, Exception failure) {
        String why = "the authenticator failed: " + failure;
        if (!with.isCurrent()) {
            return;
        }
        if (state == ClientState.CONNECTING) {
            with.fail(ConnectFailure.of(Reason.NOT_A_CONNACK, why), failure);
        } else {
            with.drop(false);
            lost(why);
        }
    }

    private void authenticated(Authenticator authenticator, byte @Nullable [] data) {
        CompletableFuture<Void> waiting = reauthentication;
        reauthentication = null;
        core.background(() -> {
            try {
                authenticator.succeeded(data);
                if (waiting != null) {
                    complete(waiting, null);
                }
            } catch (Exception failure) {
                if (waiting != null) {
                    waiting.completeExceptionally(failure);
                }
            }
        });
    }

    // ---- ends ----

    private void attemptFailed(ConnectFailure failure, @Nullable Throwable cause) {
        MqttException reason = new MqttConnectException(failure, cause);
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

    /** An established connection has ended, and it was not the application that wanted it. */
    private void lost(String why) {
        cancelTimer();
        if (line != null) {
            line.drop(false);
        }
        if (reauthentication != null) {
            fail(reauthentication, new NotConnectedException(why));
            reauthentication = null;
        }
        if (state == ClientState.DISCONNECTING) {
            ended(null);
            return;
        }
        waitForNext(
                1,
                null,
                new NotConnectedException(why),
                next -> core.tell(listener -> listener.disconnected(client, why, next)));
    }

    /** Asks the policy, which is the application's code and so not run here, and waits as long as it says. */
    private void waitForNext(
            int attempt, @Nullable ConnectFailure last, MqttException reason, Consumer<@Nullable Duration> tell) {
        state = ClientState.WAITING;
        scheduleTick();
        Object pending = new Object();
        waitingFor = pending;
        core.background(() -> {
            Duration next = delay(attempt, last);
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
        if (attempt == 1 && detour != null) {
            return Duration.ZERO; // the broker has named another server
        }
        try {
            return config.reconnect().delay(attempt, last);
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
        List<CompletableFuture<ConnectResult>> waiting = List.copyOf(connecting);
        connecting.clear();
        idle(String.valueOf(reason.getMessage()));
        waiting.forEach(future -> fail(future, reason));
    }

    private void sayFarewell() {
        cancelTimer();
        Line last = line;
        Disconnect packet = farewell;
        farewell = null;
        if (last == null || packet == null) {
            return;
        }
        core.say(session -> session.disconnect(packet));
        if (last.connection != null) {
            last.connection.close(true);
        }
        setTimer(config.closeTimeout().toNanos(), () -> lost("the connection did not end in time"));
    }

    /** What was waiting may have left: that is when a disconnect that waited for it goes on. */
    void drained() {
        if (state == ClientState.DISCONNECTING && farewell != null && core.isIdle()) {
            sayFarewell();
        }
    }

    private void ended(@Nullable String why) {
        core.tell(listener -> listener.disconnected(client, why, null));
        idle("disconnected");
    }

    private void idle(String why) {
        state = ClientState.IDLE;
        result = null;
        core.setClosedTo(ClientCore.notConnected("not connected: " + why));
        core.say(session -> session.endControls(ClientCore.notConnected("not connected: " + why)));
        if (config.cleanSession() && config.store() == null) {
            core.end(new Failure(
                    Failure.Kind.SESSION_LOST,
                    ReasonCode.UNSPECIFIED_ERROR,
                    "the session has ended with its connection: " + why,
                    Properties.NONE));
        }
        if (closing) {
            finish();
            return;
        }
        scheduleTick();
        settleDisconnects();
        if (!connecting.isEmpty()) {
            fresh();
        }
    }

    private void finish() {
        state = ClientState.CLOSED;
        if (tick != null) {
            tick.cancel();
            tick = null;
        }
        core.setClosedTo(CLOSED);
        core.end(CLOSED);
        core.background(() -> {
            core.closeLog();
            loop.execute(this::settleDisconnects);
        });
    }

    private void settleDisconnects() {
        List<CompletableFuture<Void>> waiting = List.copyOf(disconnecting);
        disconnecting.clear();
        waiting.forEach(future -> complete(future, null));
    }

    void storeFailed(IOException failure) {
        loop.execute(() -> {
            if (line != null) {
                line.drop(false);
                lost("the session store cannot write: " + failure.getMessage());
            }
        });
    }

    // ---- time ----

    private void setTimer(long nanos, Runnable then) {
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
            lost("the broker did not answer PINGREQ: the connection is dead");
        }
        scheduleTick();
    }

    // ---- futures: what depends on them never runs on the loop ----

    @SuppressWarnings("NullAway") // a future of Void completes with null
    private <T> void complete(CompletableFuture<T> future, @Nullable T value) {
        core.background(() -> future.complete(value));
    }

    private <T> void fail(CompletableFuture<T> future, MqttException failure) {
        core.background(() -> future.completeExceptionally(failure));
    }
}
