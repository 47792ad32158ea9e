package io.godwit.mqtt.client.store;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.util.List;

/**
 * What survived of a session.
 *
 * @param publishes accepted and not ended, by rising sequence
 * @param received packet identifiers of QoS 2 messages that were handled and not yet released
 * @param subscriptions in the order in which they were made
 */
public record StoredSession(
        List<StoredPublish> publishes, List<Integer> received, List<StoredSubscription> subscriptions) {
    public static final StoredSession EMPTY = new StoredSession(List.of(), List.of(), List.of());

    public StoredSession {
        publishes = List.copyOf(publishes);
        received = List.copyOf(received);
        subscriptions = List.copyOf(subscriptions);
    }

    /** Whether there is nothing to resume. */
    public boolean isEmpty() {
        return publishes.isEmpty() && received.isEmpty() && subscriptions.isEmpty();
    }

    /**
     * A publish that was accepted and has not ended.
     *
     * @param sequence as it was noted
     * @param expiresAt milliseconds since 1970, or {@link Long#MAX_VALUE}
     * @param packetId 0 while it was never sent
     * @param released whether PUBREL is what is to be repeated: PUBREC has come, or it was abandoned
     * @param abandoned whether it has failed already, and only its packet identifier is still in use
     */
    public record StoredPublish(
            long sequence, Message message, long expiresAt, int packetId, boolean released, boolean abandoned) {}

    /**
     * A subscription that the broker has granted.
     *
     * @param properties of its SUBSCRIBE on MQTT 5: subscription identifier, user properties
     */
    public record StoredSubscription(TopicSubscription subscription, MqttProperties properties) {}
}
