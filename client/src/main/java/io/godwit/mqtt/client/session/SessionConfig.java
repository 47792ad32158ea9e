package io.godwit.mqtt.client.session;

import io.godwit.mqtt.client.store.QueueBounds;
import io.godwit.mqtt.client.store.SessionLoss;
import io.godwit.mqtt.protocol.ProtocolVersion;

/**
 * What a session is told when it is made.
 *
 * @param version of the protocol
 * @param queue bounds of what may wait to be sent
 * @param maximumInFlight publishes of QoS 1 and 2 that this client has in flight at most, 1 to 65,535
 * @param maximumInFlightQos2 of these, those of QoS 2
 * @param sessionLoss what becomes of publishes in flight when the broker has lost the session
 * @param receiveMaximum messages of QoS 1 and 2 that may be unacknowledged, 1 to 65,535; told to the broker on MQTT 5
 * @param maximumPacketSize bytes of the largest packet that is taken; told to the broker on MQTT 5
 * @param topicAliasMaximum aliases that the broker may use, 0 to 65,535
 * @param ownTopicAliases aliases that this client will use if the broker takes as many, 0 to 65,535
 * @param acknowledgeOnArrival whether messages are acknowledged before they are handled
 * @param epochOffset nanoseconds to add to the session's time to have the time since 1970
 */
public record SessionConfig(
        ProtocolVersion version,
        QueueBounds queue,
        int maximumInFlight,
        int maximumInFlightQos2,
        SessionLoss sessionLoss,
        int receiveMaximum,
        int maximumPacketSize,
        int topicAliasMaximum,
        int ownTopicAliases,
        boolean acknowledgeOnArrival,
        long epochOffset) {}
