package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.ClientState;
import io.godwit.mqtt.client.ConnectFailure;
import io.godwit.mqtt.client.DisconnectCause;
import io.godwit.mqtt.client.DisconnectCause.EndedBy;
import io.godwit.mqtt.client.net.ConnectPhase;
import io.godwit.mqtt.client.net.FailureReason;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.TransportException;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.session.SessionEvent;
import io.godwit.mqtt.client.transport.Attempt;
import io.godwit.mqtt.client.transport.Connection;
import io.godwit.mqtt.client.transport.ConnectionListener;
import io.godwit.mqtt.client.transport.Times;
import io.godwit.mqtt.codec.ProtocolViolationException;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Disconnect;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.netty.buffer.ByteBuf;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One attempt and the connection that comes of it; ignored as soon as another one has taken its place. */
final class BrokerConnection implements ConnectionListener {
    // Set once.
    private final ConnectionManager keeper;
    private final ClientCore core;
    private final ClientConfig config;

    // Event loop only.
    private @Nullable Function<ServerAddress, Connect> connect;
    private @Nullable Attempt attempt;
    private @Nullable Connection connection;

    BrokerConnection(ConnectionManager keeper, ClientCore core, ClientConfig config) {
        this.keeper = keeper;
        this.core = core;
        this.config = config;
    }

    /** Sets out for the broker; CONNECT follows as soon as there is a connection. */
    void open(TransportOptions options, Function<ServerAddress, Connect> packets) {
        connect = packets;
        attempt = config.transport().open(core.loop, options, this);
    }

    @Nullable
    Connection connection() {
        return connection;
    }

    /**
     * Ends the connection after what has been written; its end is heard.
     *
     * @param awaitBroker whether the broker is given time to end its side, because something may be on its way from it
     */
    void close(boolean awaitBroker) {
        if (connection == null) {
            return;
        }
        if (awaitBroker) {
            connection.close(true);
        } else {
            connection.closeUnanswered();
        }
    }

    boolean isCurrent() {
        return keeper.isCurrent(this);
    }

    @Override
    public void connected(Connection made) {
        connection = made;
        if (!isCurrent() || connect == null) {
            made.close(false);
            return;
        }
        keeper.setTimer(config.connackTimeout().toNanos(), this::noConnack);
        Connect packet = connect.apply(made.address());
        connect = null;
        try {
            core.open(made, packet);
        } catch (IllegalArgumentException unwritable) {
            fail(ConnectFailure.of(
                    ConnectPhase.CONNACK,
                    FailureReason.NOT_SENT,
                    "cannot write CONNECT: " + message(unwritable),
                    unwritable));
        }
    }

    @Override
    public void failed(TransportException failure) {
        fail(ConnectFailure.of(failure.phase(), failure.reason(), String.valueOf(failure.getMessage()), failure));
    }

    @Override
    public void received(ByteBuf bytes) {
        if (!isCurrent()) {
            return;
        }
        for (SessionEvent event : core.received(bytes)) {
            keeper.handle(this, event);
        }
        ProtocolViolationException breach = core.takeBreach();
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
        if (keeper.state() == ClientState.CONNECTING) {
            fail(ConnectFailure.of(ConnectPhase.CONNACK, FailureReason.CLOSED, why + " before it sent CONNACK", cause));
        } else {
            keeper.lost(new DisconnectCause(
                    cause == null ? EndedBy.BROKER : EndedBy.NETWORK, null, why, MqttProperties.NONE, cause));
        }
    }

    private void noConnack() {
        boolean sent = connection == null || !connection.hasUnwritten();
        fail(ConnectFailure.of(
                ConnectPhase.CONNACK,
                sent ? FailureReason.TIMEOUT : FailureReason.NOT_SENT,
                (sent ? "timed out waiting for CONNACK after " : "could not write CONNECT within ")
                        + Times.text(config.connackTimeout())
                        + where(),
                null));
    }

    String where() {
        return connection == null ? "" : " (" + connection.describe() + ")";
    }

    /** The broker has broken the protocol. */
    void brokenBy(ProtocolViolationException broken) {
        String why = "the broker broke the protocol: " + broken.getMessage();
        if (keeper.state() == ClientState.CONNECTING) {
            fail(ConnectFailure.of(ConnectPhase.CONNACK, FailureReason.NOT_MQTT, why, broken));
            return;
        }
        if (config.version() == ProtocolVersion.V5) {
            core.say(session -> session.disconnect(new Disconnect(broken.reason(), MqttProperties.NONE)));
        }
        drop(config.version() == ProtocolVersion.V5);
        keeper.lost(new DisconnectCause(
                EndedBy.CLIENT,
                config.version() == ProtocolVersion.V5 ? broken.reason() : null,
                why,
                MqttProperties.NONE,
                broken));
    }

    /** This attempt has failed: the next one, or none. */
    void fail(ConnectFailure failure) {
        if (isCurrent()) {
            drop(false);
            keeper.attemptFailed(failure);
        }
    }

    /** Lets the connection go; nothing of it is heard any more. */
    void drop(boolean flush) {
        if (attempt != null && connection == null) {
            attempt.cancel();
        }
        if (connection != null) {
            connection.close(flush);
        }
        keeper.forget(this);
    }

    private static String message(Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
