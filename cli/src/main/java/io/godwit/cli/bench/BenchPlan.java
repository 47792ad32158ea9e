package io.godwit.cli.bench;

import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicName;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a run shall do. What does not fit together is refused with what would be right.
 *
 * @param servers for people, without secrets
 * @param clientIds what client identifiers begin with; a dash and a number follow
 * @param idle connections that neither publish nor subscribe
 * @param topic the topic, or what the topics of {@link Topics#each} and {@link Topics#all} begin with
 * @param shareName the name of the shared subscription, or null when each subscriber has its own
 * @param rate messages a second of each publisher; 0: as fast as possible
 * @param inFlight publishes of each publisher that may be unacknowledged
 * @param ramp connections a second; 0: as fast as possible
 * @param connecting connections that may be under way at a time
 * @param duration how long is measured after the warm-up; null: until {@code count}
 * @param count messages of all publishers together, or to receive when there is no publisher; 0: no such limit
 * @param drain how long to wait for what is missing, after the last arrival
 * @param contents payloads of the user's own; null: random bytes
 * @param disturbance connections that are cut on purpose
 */
public record BenchPlan(
        String servers,
        ProtocolVersion version,
        String clientIds,
        int publishers,
        int subscribers,
        int idle,
        Topics topics,
        String topic,
        @Nullable String shareName,
        Qos qos,
        Qos subscribeQos,
        PayloadSizes sizes,
        boolean retain,
        MqttProperties properties,
        double rate,
        int inFlight,
        double ramp,
        int connecting,
        Duration warmUp,
        @Nullable Duration duration,
        long count,
        Duration drain,
        Sources sources,
        @Nullable Contents contents,
        Disturbance disturbance) {
    private static final int MOST_CONNECTIONS = 1_000_000;

    public BenchPlan {
        check(publishers >= 0, "--publishers " + publishers + ": 0 or more");
        check(subscribers >= 0, "--subscribers " + subscribers + ": 0 or more");
        check(idle >= 0, "--connections counts publishers and subscribers too: at least " + (publishers + subscribers));
        int all = publishers + subscribers + idle;
        check(all > 0 && all <= MOST_CONNECTIONS, all + " connections: 1 to " + MOST_CONNECTIONS);
        check(rate >= 0 && rate <= 1e9, "a rate must be 0 (unlimited) to 1e9 messages per second");
        check(inFlight >= 1 && inFlight <= 65_535, "--max-inflight " + inFlight + ": 1 to 65535");
        check(ramp >= 0 && ramp <= 1e6, "--ramp: connections a second, from 0 (as fast as possible) to 1000000");
        check(connecting >= 1, "--connecting " + connecting + ": 1 or more");
        check(count >= 0, "--count " + count + ": 0 (no limit) or more");
        check(
                count == 0 || count >= publishers,
                "--count " + count + " is for all publishers together: at least " + publishers);
        check(
                count == 0 || publishers > 0 || subscribers > 0,
                "--count counts messages: it needs a publisher or a subscriber");
        check(duration != null || count > 0, "missing end of the run: use --duration or --count");
        check(
                shareName == null || version == ProtocolVersion.V5,
                "--share is a shared subscription of MQTT 5: add -V 5");
        check(shareName == null || subscribers > 0, "--share is for subscribers: add --subscribers N");
        check(
                shareName == null || topics != Topics.each,
                "--share distributes the messages itself: use --topics one or all");
        check(
                shareName == null || !shareName.isEmpty() && shareName.chars().noneMatch(c -> "/+#".indexOf(c) >= 0),
                "--share NAME: a name without / + and #");
        check(
                contents != null || publishers == 0 || subscribers == 0 || sizes.least() >= PayloadHeader.LENGTH,
                "payloads carry a header of " + PayloadHeader.LENGTH + " bytes for the subscribers: --size "
                        + PayloadHeader.LENGTH + " or more");
        check(
                publishers > 0 || topics == Topics.one || subscribers == 0,
                "--topics each and all need publishers: use --topics one with -t FILTER");
        if (publishers > 0) {
            TopicName.check(topic);
        } else if (subscribers > 0) {
            TopicFilter.of(topic);
        }
    }

    private static void check(boolean right, String otherwise) {
        if (!right) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    int connections() {
        return publishers + subscribers + idle;
    }

    /**
     * Whether each message has a number: in random bytes at their beginning, beside payloads of the user's own in the
     * correlation data of MQTT 5. Otherwise messages are only counted.
     */
    boolean numbersMessages() {
        return contents == null || version == ProtocolVersion.V5;
    }

    /** How many messages a publisher sends, counted from 0; {@link Long#MAX_VALUE}: the time ends it. */
    long share(int publisher) {
        return count == 0 ? Long.MAX_VALUE : count / publishers + (publisher < count % publishers ? 1 : 0);
    }

    /** The QoS with which messages come to the subscribers, unless a broker grants less. */
    Qos delivered() {
        return Qos.of(Math.min(qos.level(), subscribeQos.level()));
    }
}
