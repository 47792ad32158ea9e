package io.godwit.mqtt.client;

import io.godwit.mqtt.protocol.Qos;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a client has counted since it was built, at one moment: see {@link MqttClient#statistics}.
 *
 * @param connections connections and attempts
 * @param publishes publishes of this client
 * @param messages messages for this client
 * @param bytesSent to all brokers, of MQTT packets: without TLS, WebSocket and TCP
 * @param bytesReceived from all brokers, of MQTT packets
 * @param store what the session store did
 */
public record ClientStatistics(
        Connections connections,
        Publishes publishes,
        Messages messages,
        long bytesSent,
        long bytesReceived,
        Store store) {

    /**
     * Connections and attempts to make one.
     *
     * @param connectedSince when CONNACK was received; null: not connected
     * @param made how often CONNACK has accepted
     * @param lost how many of these ended without {@code disconnect} or {@code close}
     * @param attempts how often it was tried
     * @param failedAttempts how many of these failed
     * @param pings the time from PINGREQ to its answer
     */
    public record Connections(
            @Nullable Instant connectedSince,
            long made,
            long lost,
            long attempts,
            long failedAttempts,
            RoundTrips pings) {}

    /**
     * Publishes. Each accepted or recovered one is in exactly one of acknowledged, failed, expired, queued and in flight.
     *
     * @param accepted sent or queued
     * @param acknowledged by the broker; of QoS 0 given to the connection
     * @param failed in any way but by their expiry
     * @param expired while they waited
     * @param refused never accepted: no connection, the queue full, a limit of the broker
     * @param recovered kept by a session store from before this client was built
     * @param queue what waits to be sent
     * @param inFlight packets that were sent and are not acknowledged, SUBSCRIBE and UNSUBSCRIBE among them
     * @param acknowledgements the time from PUBLISH to PUBACK or PUBREC, measured on one publish at a time
     */
    public record Publishes(
            PerQos accepted,
            PerQos acknowledged,
            PerQos failed,
            PerQos expired,
            long refused,
            long recovered,
            Waiting queue,
            int inFlight,
            RoundTrips acknowledgements) {}

    /**
     * Messages from the broker.
     *
     * @param received without repetitions of QoS 2
     * @param handled their handlers have returned
     * @param failed how often a handler has thrown
     * @param unhandled messages for which no handler was there
     * @param rejected refused with a reason code
     * @param dropped of QoS 0, see {@link ClientListener#messageDropped}
     * @param inbox what waits for handlers or is being handled
     * @param handlerTime how long handlers have run, all together
     */
    public record Messages(
            PerQos received,
            long handled,
            long failed,
            long unhandled,
            long rejected,
            long dropped,
            Waiting inbox,
            Duration handlerTime) {}

    /**
     * What waits.
     *
     * @param messages how many
     * @param bytes of their topics and payloads, or of their packets if they were received
     * @param oldest how long the oldest has waited, within 64 messages; zero if nothing waits, or for received messages
     */
    public record Waiting(int messages, long bytes, Duration oldest) {}

    /** A count for each QoS. */
    public record PerQos(long atMostOnce, long atLeastOnce, long exactlyOnce) {
        /** All of them. */
        public long total() {
            return atMostOnce + atLeastOnce + exactlyOnce;
        }

        /** The count for one QoS. */
        public long of(Qos qos) {
            return switch (qos) {
                case AT_MOST_ONCE -> atMostOnce;
                case AT_LEAST_ONCE -> atLeastOnce;
                case EXACTLY_ONCE -> exactlyOnce;
            };
        }
    }

    /**
     * Times that were measured; all zero if none was.
     *
     * @param count how many
     * @param last the latest
     * @param total of all
     * @param longest of all
     */
    public record RoundTrips(long count, Duration last, Duration total, Duration longest) {
        /** The arithmetic mean; zero if none was measured. */
        public Duration average() {
            return count == 0 ? Duration.ZERO : total.dividedBy(count);
        }
    }

    /**
     * What the session store did.
     *
     * @param forces how long bytes for the broker have waited until it was safe what they depend on
     * @param failures how often it could not write
     */
    public record Store(RoundTrips forces, long failures) {}
}
