package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.Authenticator;
import io.godwit.mqtt.client.ClientListener;
import io.godwit.mqtt.client.Credentials;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.session.SessionConfig;
import io.godwit.mqtt.client.store.SessionStore;
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

/** All that a builder has gathered, checked; what a client is made of. */
public record ClientConfig(
        TransportOptions road,
        Transport transport,
        EventLoop loop,
        ProtocolVersion version,
        String clientId,
        boolean cleanSession,
        Duration keepAlive,
        @Nullable Supplier<? extends @Nullable Credentials> credentials,
        @Nullable Message will,
        MqttProperties connectProperties,
        @Nullable Authenticator authenticator,
        Reconnect reconnect,
        boolean retryFirst,
        boolean followRedirects,
        @Nullable SessionStore store,
        SessionConfig session,
        Duration connackTimeout,
        Duration callTimeout,
        Duration closeTimeout,
        int inboxMessages,
        long inboxBytes,
        Executor executor,
        Executor background,
        boolean onEventLoop,
        List<Handler> handlers,
        List<ClientListener> listeners) {}
