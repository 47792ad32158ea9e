package io.godwit.spring;

import io.godwit.mqtt.client.ClientListener;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.client.store.QueueBounds;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.store.DiskStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.util.unit.DataSize;

/** Builds clients from their properties. */
final class MqttClientFactory {
    private static final Duration RECONNECT_DELAY = Duration.ofSeconds(1);
    private static final Duration RECONNECT_MAXIMUM = Duration.ofMinutes(2);

    // Set once.
    private final @Nullable SslBundles bundles;
    private final List<MqttClientCustomizer> customizers;
    private final List<ClientListener> listeners;
    private final @Nullable Function<String, Executor> executors;

    /** @param executors where the handlers of a client run, by its name; null: on threads of the client */
    MqttClientFactory(
            @Nullable SslBundles bundles,
            List<MqttClientCustomizer> customizers,
            List<ClientListener> listeners,
            @Nullable Function<String, Executor> executors) {
        this.bundles = bundles;
        this.customizers = customizers;
        this.listeners = listeners;
        this.executors = executors;
    }

    /** @throws IllegalArgumentException if a property cannot apply, or has a value that cannot be */
    MqttClient build(String name, ClientProperties from, List<String> servers) {
        String prefix = name.equals(MqttClients.DEFAULT) ? "godwit.mqtt." : "godwit.mqtt.clients." + name + ".";
        MqttClientBuilder builder =
                MqttClient.builder().protocol(from.getProtocol()).retryFirst(true);
        servers.forEach(builder::server);
        set(from.getClientId(), builder::clientId);
        if (from.getUsername() != null) {
            builder.credentials(from.getUsername(), from.getPassword());
        } else if (from.getPassword() != null) {
            throw new IllegalArgumentException(prefix + "password is set, but not " + prefix + "username");
        }
        set(from.getCleanSession(), builder::cleanSession);
        set(from.getSessionExpiry(), builder::sessionExpiry);
        set(from.getKeepAlive(), builder::keepAlive);
        set(from.getConnectTimeout(), builder::connectTimeout);
        set(from.getCallTimeout(), builder::callTimeout);
        set(from.getCloseTimeout(), builder::closeTimeout);
        set(from.getMaximumInFlight(), builder::maximumInFlight);
        set(from.getReceiveMaximum(), builder::receiveMaximum);
        queue(from.getQueue(), builder);
        reconnect(prefix, from, builder);
        will(prefix, from.getWill(), builder);
        if (from.getStore() != null) {
            builder.store(DiskStore.at(Path.of(from.getStore())));
        }
        if (from.getSslBundle() != null) {
            if (bundles == null) {
                throw new IllegalStateException("there are no SSL bundles for " + from.getSslBundle());
            }
            builder.tls(BundleKeys.tls(bundles, from.getSslBundle()));
        }
        if (executors != null) {
            builder.executor(executors.apply(name));
        }
        listeners.forEach(builder::listener);
        customizers.forEach(customizer -> customizer.customize(name, builder));
        return builder.build();
    }

    /** One that is not set gives way to the other. */
    private static void reconnect(String prefix, ClientProperties from, MqttClientBuilder builder) {
        Duration first = from.getReconnectDelay();
        Duration longest = from.getReconnectMaximumDelay();
        if (first != null && longest != null && longest.compareTo(first) < 0) {
            throw new IllegalArgumentException(prefix + "reconnect-maximum-delay " + longest + " is less than " + prefix
                    + "reconnect-delay " + first);
        }
        if (first != null) {
            builder.reconnect(Reconnect.exponential(
                    first, longest == null ? Collections.max(List.of(first, RECONNECT_MAXIMUM)) : longest));
        } else if (longest != null) {
            builder.reconnect(Reconnect.exponential(Collections.min(List.of(longest, RECONNECT_DELAY)), longest));
        }
    }

    private static void queue(ClientProperties.Queue queue, MqttClientBuilder builder) {
        QueueBounds defaults = QueueBounds.defaults();
        Integer messages = queue.getMessages();
        DataSize size = queue.getSize();
        QueueBounds.WhenFull whenFull = queue.getWhenFull();
        builder.queue(
                messages == null ? defaults.messages() : messages,
                size == null ? defaults.bytes() : size.toBytes(),
                whenFull == null ? defaults.whenFull() : whenFull);
    }

    private static void will(String prefix, ClientProperties.Will will, MqttClientBuilder builder) {
        if (will.getTopic() != null) {
            Message message = Message.of(will.getTopic(), will.getPayload()).withRetain(will.isRetain());
            builder.will(will.getQos() == null ? message : message.withQos(will.getQos()));
        } else if (!will.getPayload().isEmpty() || will.getQos() != null || will.isRetain()) {
            throw new IllegalArgumentException(prefix + "will has no topic: set " + prefix + "will.topic");
        }
    }

    private static <T> void set(@Nullable T value, Consumer<T> setter) {
        if (value != null) {
            setter.accept(value);
        }
    }
}
