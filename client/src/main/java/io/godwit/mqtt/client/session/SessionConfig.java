package io.godwit.mqtt.client.session;

import io.godwit.mqtt.client.store.QueueBounds;
import io.godwit.mqtt.client.store.SessionLoss;
import io.godwit.mqtt.protocol.ProtocolVersion;

/**
 * The settings of a session. The groups are for whoever builds one; the methods are shortcuts for whoever reads one setting.
 *
 * @param version of the protocol
 * @param epochOffset nanoseconds to add to the session's time to get the time since 1970
 */
public record SessionConfig(ProtocolVersion version, Sending sending, Receiving receiving, long epochOffset) {

    /**
     * Settings for publishes of this client.
     *
     * @param queue bounds of what may wait to be sent
     * @param maximumInFlight publishes of QoS 1 and 2 that may be in flight, 1 to 65,535
     * @param maximumInFlightQos2 of these, those of QoS 2
     * @param sessionLoss what becomes of publishes in flight when the broker has lost the session
     * @param topicAliases aliases that this client uses if the broker allows as many, 0 to 65,535
     */
    public record Sending(
            QueueBounds queue,
            int maximumInFlight,
            int maximumInFlightQos2,
            SessionLoss sessionLoss,
            int topicAliases) {}

    /**
     * Settings for received messages.
     *
     * @param receiveMaximum messages of QoS 1 and 2 that may be unacknowledged, 1 to 65,535, before the broker breaks the
     *     protocol; MQTT 5
     * @param maximumPacketSize bytes of the largest packet that is accepted; sent to the broker with MQTT 5
     * @param topicAliasMaximum aliases that the broker may use, 0 to 65,535
     * @param acknowledgeOnArrival whether messages are acknowledged before they are handled
     * @param unhandled messages that may wait for a handler
     * @param unhandledNanos how long one waits
     * @param unsubscribeUnhandled whether what brings messages without a handler is unsubscribed
     */
    public record Receiving(
            int receiveMaximum,
            int maximumPacketSize,
            int topicAliasMaximum,
            boolean acknowledgeOnArrival,
            int unhandled,
            long unhandledNanos,
            boolean unsubscribeUnhandled) {
        /** With 1,000 messages without a handler that wait ten seconds. */
        public Receiving(
                int receiveMaximum, int maximumPacketSize, int topicAliasMaximum, boolean acknowledgeOnArrival) {
            this(
                    receiveMaximum,
                    maximumPacketSize,
                    topicAliasMaximum,
                    acknowledgeOnArrival,
                    1_000,
                    10_000_000_000L,
                    false);
        }

        /** The common group if it is the same, else this one: clients share it. */
        public Receiving orCommon(Receiving common) {
            boolean same = receiveMaximum == common.receiveMaximum
                    && maximumPacketSize == common.maximumPacketSize
                    && topicAliasMaximum == common.topicAliasMaximum
                    && acknowledgeOnArrival == common.acknowledgeOnArrival
                    && unhandled == common.unhandled
                    && unhandledNanos == common.unhandledNanos
                    && unsubscribeUnhandled == common.unsubscribeUnhandled;
            return same ? common : this;
        }
    }

    public QueueBounds queue() {
        return sending.queue;
    }

    int maximumInFlight() {
        return sending.maximumInFlight;
    }

    int maximumInFlightQos2() {
        return sending.maximumInFlightQos2;
    }

    SessionLoss sessionLoss() {
        return sending.sessionLoss;
    }

    int ownTopicAliases() {
        return sending.topicAliases;
    }

    int receiveMaximum() {
        return receiving.receiveMaximum;
    }

    int maximumPacketSize() {
        return receiving.maximumPacketSize;
    }

    int topicAliasMaximum() {
        return receiving.topicAliasMaximum;
    }

    int unhandled() {
        return receiving.unhandled;
    }

    long unhandledNanos() {
        return receiving.unhandledNanos;
    }

    boolean unsubscribeUnhandled() {
        return receiving.unsubscribeUnhandled;
    }

    boolean acknowledgeOnArrival() {
        return receiving.acknowledgeOnArrival;
    }
}
