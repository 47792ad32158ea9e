package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.client.session.Failure;
import io.godwit.mqtt.client.store.QueueBounds.WhenFull;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import org.jspecify.annotations.Nullable;

/** The ways of a publish into the session: followed or not, waiting for room in a full queue or not. */
final class Publisher {
    // Set once.
    private final ClientCore core;
    private final ConnectionManager keeper;
    private final BlockingCalls patience;
    private final boolean waitWhenFull;

    Publisher(ClientCore core, ConnectionManager keeper, BlockingCalls patience) {
        this.core = core;
        this.keeper = keeper;
        this.patience = patience;
        this.waitWhenFull = core.config.session().queue().whenFull() == WhenFull.WAIT;
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
        MqttProperties kept = properties.isEmpty() ? properties : checked(properties, core.config);
        return kept == properties ? message : message.withProperties(kept);
    }

    PublishExchange publishAsync(Message given) {
        Message message = checked(given);
        PublishExchange publication = new PublishExchange(core, message, false);
        Failure refused = offer(publication, message);
        if (refused != null) {
            publication.completeExceptionally(PublishExchange.exception(refused));
        }
        return publication;
    }

    PublishResult publish(Message given) {
        Message message = checked(given);
        if (message.qos() == Qos.AT_MOST_ONCE && core.offerNow(message)) {
            return PublishResult.SUCCESS;
        }
        PublishExchange publication = new PublishExchange(core, message, true);
        Failure refused = offer(publication, message);
        if (refused != null && refused.kind() == Failure.Kind.QUEUE_FULL && waitWhenFull) {
            refused = patience.untilTaken(refused, publication.weight(), () -> offer(publication, message));
        }
        if (refused != null) {
            throw PublishExchange.exception(refused);
        }
        return patience.await(publication, () -> "the acknowledgement of the message for '" + message.topic() + "'");
    }

    private @Nullable Failure offer(PublishExchange publication, Message message) {
        if (message.properties().isEmpty() || !message.properties().has(Property.MESSAGE_EXPIRY_INTERVAL)) {
            return core.offer(publication, 0);
        }
        Failure refused = core.offer(publication, core.loop.nanoTime());
        core.loop.execute(keeper::scheduleTick);
        return refused;
    }
}
