package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.ConnectFailure;
import io.godwit.mqtt.client.ConnectResult;
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
import io.godwit.mqtt.client.transport.LoopEndedException;
import io.godwit.mqtt.client.transport.Times;
import io.godwit.mqtt.protocol.Connack;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ReasonCode;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One attempt and the connection that results from it; ignored as soon as another one has taken its place. */
final class BrokerConnection implements ConnectionListener, Authentication.Peer {
    /** Observes what happens to it. Event loop. */
    interface Owner {
        /** Something for the log. */
        void detail(String text, Throwable failure);

        boolean isCurrent(BrokerConnection connection);

        /** Whether CONNACK has not been received yet. */
        boolean isConnecting();

        void setTimer(long nanos, Runnable then);

        /** The attempt has failed; the connection is no longer the current one. */
        void attemptFailed(ConnectFailure failure);

        /** The established connection has ended. */
        void lost(DisconnectCause cause);

        /** It was given up; nothing of it counts any more. */
        void forget(BrokerConnection connection);
    }

    // Set once.
    private final Owner owner;
    private final ByteFlow flow;
    private final ClientConfig config;

    // Event loop only.
    private @Nullable Function<ServerAddress, Connect> connect;
    private @Nullable Attempt attempt;
    private @Nullable Connection connection;

    BrokerConnection(Owner owner, ByteFlow flow, ClientConfig config) {
        this.owner = owner;
        this.flow = flow;
        this.config = config;
    }

    /** Connects to the broker and sends the CONNECT for the server that answers. */
    void open(TransportOptions options, Function<ServerAddress, Connect> packets) {
        connect = packets;
        attempt = config.transport().open(config.loop(), options, this);
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

    @Override
    public boolean isCurrent() {
        return owner.isCurrent(this);
    }

    @Override
    public void connected(Connection made) {
        connection = made;
        if (!isCurrent() || connect == null) {
            made.close(false);
            return;
        }
        owner.setTimer(config.connackTimeout().toNanos(), this::noConnack);
        Connect packet = connect.apply(made.address());
        connect = null;
        attempt = null; // the connection needs it no more
        try {
            flow.open(made, packet);
        } catch (IllegalArgumentException unwritable) {
            fail(ConnectFailure.of(
                    ConnectPhase.CONNACK,
                    FailureReason.NOT_SENT,
                    "cannot write CONNECT: " + message(unwritable),
                    unwritable));
        }
    }

    @Override
    public void detail(String text, Throwable failure) {
        owner.detail(text, failure);
    }

    @Override
    public void failed(TransportException failure) {
        fail(ConnectFailure.of(failure.phase(), failure.reason(), String.valueOf(failure.getMessage()), failure));
    }

    @Override
    public void received(ByteBuf bytes) {
        if (isCurrent()) {
            flow.received(bytes);
        }
    }

    @Override
    public void readComplete() {
        if (isCurrent()) {
            flow.readComplete();
        }
    }

    @Override
    public void writabilityChanged() {
        if (isCurrent()) {
            flow.drain();
        }
    }

    @Override
    public void closed(@Nullable Throwable cause) {
        if (!isCurrent()) {
            return;
        }
        boolean byLoop = cause instanceof LoopEndedException;
        String why = cause == null
                ? "the broker closed the connection"
                : byLoop ? message(cause) : "the connection broke: " + message(cause);
        if (owner.isConnecting()) {
            fail(ConnectFailure.of(
                    ConnectPhase.CONNACK,
                    byLoop ? FailureReason.OTHER : FailureReason.CLOSED,
                    byLoop ? why : why + " before it sent CONNACK" + tlsHint(),
                    cause));
        } else {
            if (cause == null || isReset(cause)) {
                flow.endedByBroker();
            }
            owner.lost(new DisconnectCause(
                    cause == null ? EndedBy.BROKER : byLoop ? EndedBy.CLIENT : EndedBy.NETWORK,
                    null,
                    why,
                    MqttProperties.NONE,
                    cause));
        }
    }

    /** A broker that closes with packets unread resets the connection. */
    private static boolean isReset(Throwable cause) {
        String text = message(cause).toLowerCase(Locale.ROOT);
        return text.contains("reset") || text.contains("broken pipe");
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

    /** A TLS server that is sent plain text may close without a word. */
    private String tlsHint() {
        Connection closed = connection;
        ServerAddress.Scheme scheme = closed == null ? null : closed.address().scheme();
        return scheme == ServerAddress.Scheme.MQTT || scheme == ServerAddress.Scheme.WS
                ? "; does this port expect TLS (mqtts:// or wss://)?"
                : "";
    }

    String where() {
        return connection == null ? "" : " (" + connection.describe() + ")";
    }

    /** What the application learns from a CONNACK that accepts. */
    ConnectResult accepted(SessionEvent.Connected event, String clientId) {
        MqttProperties properties = event.connack().properties();
        int keepAlive = properties.getOr(
                Property.SERVER_KEEP_ALIVE, (int) config.keepAlive().toSeconds());
        return new ConnectResult(
                event.resumed(),
                clientId,
                Duration.ofSeconds(keepAlive),
                connection == null
                        ? ""
                        : connection.address().withoutCredentials().toString(),
                properties);
    }

    /**
     * What the application learns from a CONNACK that refuses.
     *
     * @param hint goes behind the broker's reason
     */
    ConnectFailure refusal(Connack connack, String hint) {
        ReasonCode reason = connack.reason(config.version());
        String code =
                reason == null ? "return code " + connack.code() : Failures.describe(reason, connack.properties());
        return new ConnectFailure(
                ConnectPhase.CONNACK,
                FailureReason.BROKER_REJECTED,
                connack.code(),
                reason,
                "the broker refused the connection" + where() + ": " + code + hint,
                connack.properties(),
                null);
    }

    /** This attempt has failed. */
    void fail(ConnectFailure failure) {
        if (isCurrent()) {
            drop(false);
            owner.attemptFailed(failure);
        }
    }

    /** Gives the connection up; nothing of it is heard any more. */
    void drop(boolean flush) {
        if (attempt != null && connection == null) {
            attempt.cancel();
        }
        if (connection != null) {
            connection.close(flush);
        }
        owner.forget(this);
    }

    private static String message(Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
