package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.client.session.Failure;
import io.godwit.mqtt.client.store.QueueBounds.WhenFull;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import org.jspecify.annotations.Nullable;

/** The ways of a publish into the session: followed or not, waiting for room in a full queue or not. Any thread. */
final class Publisher {
    // Set once.
    private final GuardedSession session;
    private final PublishFuture.Support support;
    private final BlockingCalls blocking;
    private final ClientConfig config;
    private final EventLoop loop;
    private final Runnable expiryQueued;
    private final boolean waitWhenFull;
    private final QueuePressure pressure;
    private final @Nullable MessageHooks hooks;

    /** @param expiryQueued called on the event loop when a message that expires may be waiting */
    Publisher(
            GuardedSession session,
            PublishFuture.Support support,
            BlockingCalls blocking,
            ClientConfig config,
            QueuePressure pressure,
            Runnable expiryQueued) {
        this.session = session;
        this.support = support;
        this.blocking = blocking;
        this.config = config;
        this.loop = config.loop();
        this.expiryQueued = expiryQueued;
        this.pressure = pressure;
        this.hooks = support.notifier().hooks();
        this.waitWhenFull = config.session().queue().whenFull() == WhenFull.WAIT;
    }

    /**
     * The properties that the protocol version has.
     *
     * @throws IllegalArgumentException if it has none and the application doesn't allow dropping them
     */
    static MqttProperties checked(MqttProperties properties, ClientConfig config) {
        if (properties.isEmpty() || config.version() == ProtocolVersion.V5) {
            return properties;
        }
        if (config.dispatch().dropsProperties()) {
            return MqttProperties.NONE;
        }
        throw new IllegalArgumentException("MQTT " + config.version() + " has no properties, such as "
                + properties.property(0) + ": connect with MQTT 5, remove them, or allow dropping them with"
                + " dropPropertiesBeforeMqtt5(true)");
    }

    /** The message as the protocol version can carry it. */
    Message checked(Message message) {
        MqttProperties properties = message.properties();
        MqttProperties kept = properties.isEmpty() ? properties : checked(properties, config);
        if (!kept.isEmpty() && kept.has(Property.SUBSCRIPTION_IDENTIFIER)) {
            kept = kept.with(Property.SUBSCRIPTION_IDENTIFIER, null); // of a message that is forwarded [MQTT-3.3.4-6]
        }
        return kept == properties ? message : message.withProperties(kept);
    }

    PublishFuture publishAsync(Message given) {
        Message message = observed(checked(given));
        PublishFuture publish = PublishFutures.of(support, message, false);
        publish.refused(accept(publish, message, false));
        return publish;
    }

    PublishResult publish(Message given) {
        Message message = observed(checked(given));
        if (message.qos() == Qos.AT_MOST_ONCE && session.publishNow(message)) {
            if (hooks != null) {
                hooks.publishAccepted(message);
                hooks.publishAcknowledged(message, PublishResult.SUCCESS, 0);
            }
            return PublishResult.SUCCESS;
        }
        PublishFuture publish = PublishFutures.of(support, message, true);
        Failure refused = accept(publish, message, waitWhenFull);
        if (refused != null) {
            throw Failures.ofPublish(refused);
        }
        return blocking.await(publish, () -> "the acknowledgement of the message for '" + message.topic() + "'");
    }

    /** What the listeners make of a message. */
    private Message observed(Message message) {
        if (hooks == null) {
            return message;
        }
        Message changed = hooks.publishing(message);
        try {
            return changed == message ? message : checked(changed);
        } catch (RuntimeException invalid) {
            hooks.publishRefused(changed, invalid);
            throw invalid;
        }
    }

    /** Offers a publish, waiting for room if that is asked for. Null: it is accepted; else why it is not. */
    private @Nullable Failure accept(PublishFuture publish, Message message, boolean wait) {
        Failure refused;
        try {
            refused = offer(publish, message);
            if (refused != null && isQueueFull(refused)) {
                pressure.full();
                if (wait) {
                    refused = blocking.untilAccepted(refused, publish.weight(), () -> offer(publish, message));
                }
            }
        } catch (RuntimeException invalid) {
            refused(message, invalid);
            throw invalid;
        }
        if (refused != null) {
            refused(message, hooks == null ? null : Failures.ofPublish(refused));
        } else if (hooks != null) {
            hooks.publishAccepted(message);
        }
        return refused;
    }

    static boolean isQueueFull(Failure refused) {
        return refused.kind() == Failure.Kind.QUEUE_FULL || refused.kind() == Failure.Kind.DROPPED;
    }

    private void refused(Message message, @Nullable RuntimeException failure) {
        session.run(locked -> locked.counters().refused());
        if (hooks != null && failure != null) {
            hooks.publishRefused(message, failure);
        }
    }

    private @Nullable Failure offer(PublishFuture publish, Message message) {
        if (message.properties().isEmpty() || !message.properties().has(Property.MESSAGE_EXPIRY_INTERVAL)) {
            return session.publish(publish, 0);
        }
        Failure refused = session.publish(publish, loop.nanoTime());
        loop.execute(expiryQueued);
        return refused;
    }
}
