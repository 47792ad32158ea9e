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

    /** @param expiryQueued called on the event loop when a message that expires may be waiting */
    Publisher(
            GuardedSession session,
            PublishFuture.Support support,
            BlockingCalls blocking,
            ClientConfig config,
            Runnable expiryQueued) {
        this.session = session;
        this.support = support;
        this.blocking = blocking;
        this.config = config;
        this.loop = config.loop();
        this.expiryQueued = expiryQueued;
        this.waitWhenFull = config.session().queue().whenFull() == WhenFull.WAIT;
    }

    /**
     * The properties that the protocol version has.
     *
     * @throws IllegalArgumentException if it has none and the application doesn't allow to drop them
     */
    static MqttProperties checked(MqttProperties properties, ClientConfig config) {
        if (properties.isEmpty() || config.version() == ProtocolVersion.V5) {
            return properties;
        }
        if (config.dispatch().dropsProperties()) {
            return MqttProperties.NONE;
        }
        throw new IllegalArgumentException("MQTT " + config.version() + " has no properties, such as "
                + properties.property(0) + ": connect with MQTT 5, remove them, or allow to drop them with"
                + " dropPropertiesBeforeMqtt5(true)");
    }

    /** The message as the protocol version can carry it. */
    private Message checked(Message message) {
        MqttProperties properties = message.properties();
        MqttProperties kept = properties.isEmpty() ? properties : checked(properties, config);
        if (!kept.isEmpty() && kept.has(Property.SUBSCRIPTION_IDENTIFIER)) {
            kept = kept.with(Property.SUBSCRIPTION_IDENTIFIER, null); // of a message that is forwarded [MQTT-3.3.4-6]
        }
        return kept == properties ? message : message.withProperties(kept);
    }

    PublishFuture publishAsync(Message given) {
        Message message = checked(given);
        PublishFuture publish = new PublishFuture(support, message, false);
        publish.refused(offer(publish, message));
        return publish;
    }

    PublishResult publish(Message given) {
        Message message = checked(given);
        if (message.qos() == Qos.AT_MOST_ONCE && session.publishNow(message)) {
            return PublishResult.SUCCESS;
        }
        PublishFuture publish = new PublishFuture(support, message, true);
        Failure refused = offer(publish, message);
        if (refused != null && refused.kind() == Failure.Kind.QUEUE_FULL && waitWhenFull) {
            refused = blocking.untilAccepted(refused, publish.weight(), () -> offer(publish, message));
        }
        if (refused != null) {
            throw Failures.ofPublish(refused);
        }
        return blocking.await(publish, () -> "the acknowledgement of the message for '" + message.topic() + "'");
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
