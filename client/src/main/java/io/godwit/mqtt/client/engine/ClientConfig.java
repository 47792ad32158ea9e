package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.Authenticator;
import io.godwit.mqtt.client.ClientListener;
import io.godwit.mqtt.client.Credentials;
import io.godwit.mqtt.client.HandlerOptions;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.client.Redirects;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.session.SessionConfig;
import io.godwit.mqtt.client.store.SessionStore;
import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.client.transport.Transport;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ProtocolVersion;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a client, checked by its builder. The groups are for whoever builds one; the methods are shortcuts for whoever
 * reads one setting. Clients share groups that are the same; that is compared without the records' own {@code equals}, for which
 * the JVM makes about 80 classes at the first call.
 */
public record ClientConfig(
        Network network, Login login, Recovery recovery, SessionConfig session, Limits limits, Dispatch dispatch) {

    /**
     * How connections are made.
     *
     * @param use ends when the client is closed
     * @param daemon whether the JVM may end while the client is connected
     */
    public record Network(
            TransportOptions options, Transport transport, Cancellable use, EventLoop loop, boolean daemon) {}

    /** What CONNECT contains. */
    public record Login(
            ProtocolVersion version,
            String clientId,
            boolean cleanSession,
            Duration keepAlive,
            @Nullable Supplier<? extends @Nullable Credentials> credentials,
            @Nullable Message will,
            MqttProperties properties,
            @Nullable Authenticator authenticator) {}

    /** What happens when a connection ends. */
    public record Recovery(
            Reconnect reconnect,
            boolean retryFirst,
            Redirects redirects,
            @Nullable SessionStore store) {
        /** The common group if it is the same, else this one. */
        public Recovery orCommon(Recovery common) {
            boolean same = reconnect == common.reconnect
                    && retryFirst == common.retryFirst
                    && redirects == common.redirects
                    && store == common.store;
            return same ? common : this;
        }
    }

    /**
     * Time limits and the bounds of what waits for handlers.
     *
     * @param inboxBytes bytes of messages and packets
     */
    public record Limits(Duration connack, Duration call, Duration close, int inboxMessages, long inboxBytes) {
        /** The common group if it is the same, else this one. */
        public Limits orCommon(Limits common) {
            boolean same = connack.equals(common.connack)
                    && call.equals(common.call)
                    && close.equals(common.close)
                    && inboxMessages == common.inboxMessages
                    && inboxBytes == common.inboxBytes;
            return same ? common : this;
        }
    }

    /**
     * Who handles messages, and where the application's code runs.
     *
     * @param executor for handlers, listeners and dependents of futures
     * @param background for suppliers and policies
     * @param logging whether what happens is logged
     * @param dropsProperties whether properties of messages are dropped before MQTT 5, instead of failing the publish
     * @param handlerOptions for handlers whose own options say nothing
     */
    public record Dispatch(
            Executor executor,
            Executor background,
            boolean onEventLoop,
            boolean dropsProperties,
            HandlerOptions handlerOptions,
            List<RegisteredHandler> handlers,
            List<ClientListener> listeners,
            boolean logging) {
        /** The common group if it is the same, else this one. */
        public Dispatch orCommon(Dispatch common) {
            boolean same = executor == common.executor
                    && background == common.background
                    && onEventLoop == common.onEventLoop
                    && dropsProperties == common.dropsProperties
                    && handlerOptions == common.handlerOptions
                    && handlers.equals(common.handlers)
                    && listeners.equals(common.listeners)
                    && logging == common.logging;
            return same ? common : this;
        }
    }

    TransportOptions transportOptions() {
        return network.options;
    }

    Transport transport() {
        return network.transport;
    }

    EventLoop loop() {
        return network.loop;
    }

    ProtocolVersion version() {
        return login.version;
    }

    String clientId() {
        return login.clientId;
    }

    boolean cleanSession() {
        return login.cleanSession;
    }

    Duration keepAlive() {
        return login.keepAlive;
    }

    @Nullable
    Supplier<? extends @Nullable Credentials> credentials() {
        return login.credentials;
    }

    @Nullable
    Message will() {
        return login.will;
    }

    MqttProperties connectProperties() {
        return login.properties;
    }

    @Nullable
    Authenticator authenticator() {
        return login.authenticator;
    }

    Reconnect reconnect() {
        return recovery.reconnect;
    }

    boolean retryFirst() {
        return recovery.retryFirst;
    }

    Redirects redirects() {
        return recovery.redirects;
    }

    @Nullable
    SessionStore store() {
        return recovery.store;
    }

    Duration connackTimeout() {
        return limits.connack;
    }

    Duration callTimeout() {
        return limits.call;
    }

    Duration closeTimeout() {
        return limits.close;
    }

    int inboxMessages() {
        return limits.inboxMessages;
    }

    long inboxBytes() {
        return limits.inboxBytes;
    }

    Executor executor() {
        return dispatch.executor;
    }

    Executor background() {
        return dispatch.background;
    }

    boolean onEventLoop() {
        return dispatch.onEventLoop;
    }

    HandlerOptions handlerOptions() {
        return dispatch.handlerOptions;
    }

    List<RegisteredHandler> handlers() {
        return dispatch.handlers;
    }

    List<ClientListener> listeners() {
        return dispatch.listeners;
    }
}
