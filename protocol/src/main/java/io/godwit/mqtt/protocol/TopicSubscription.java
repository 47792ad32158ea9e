package io.godwit.mqtt.protocol;

import java.util.Objects;

/**
 * One topic filter of SUBSCRIBE with its subscription options, section 3.8.3.1. All but {@code maximumQos} exist in MQTT
 * 5 only and are left out on older versions.
 *
 * @param filter what is asked for
 * @param maximumQos the highest QoS at which messages are sent
 * @param noLocal messages of this very client are not sent back; not for shared filters [MQTT-3.8.3-4]
 * @param retainAsPublished the retain flag of forwarded messages is kept as the publisher set it
 * @param retainHandling whether retained messages come at the subscribe
 */
public record TopicSubscription(
        TopicFilter filter, Qos maximumQos, boolean noLocal, boolean retainAsPublished, RetainHandling retainHandling) {
    public TopicSubscription {
        Objects.requireNonNull(filter, "filter");
        Objects.requireNonNull(maximumQos, "maximumQos");
        Objects.requireNonNull(retainHandling, "retainHandling");
        if (noLocal && filter.isShared()) {
            throw new IllegalArgumentException(
                    "no local cannot be set on the shared subscription '" + filter + "' [MQTT-3.8.3-4]");
        }
    }

    /** A subscription with the options that 3.1.1 has. */
    public static TopicSubscription of(String filter, Qos maximumQos) {
        return new TopicSubscription(TopicFilter.of(filter), maximumQos, false, false, RetainHandling.SEND);
    }

    /**
     * States which topics the subscription matches, for a prefix that only its broker knows, such as {@code $queue/}. Needed
     * before MQTT 5, and where a broker has no subscription identifiers.
     */
    public TopicSubscription matching(String topics) {
        return new TopicSubscription(filter.matching(topics), maximumQos, noLocal, retainAsPublished, retainHandling);
    }

    public TopicSubscription withNoLocal(boolean newNoLocal) {
        return new TopicSubscription(filter, maximumQos, newNoLocal, retainAsPublished, retainHandling);
    }

    public TopicSubscription withRetainAsPublished(boolean keep) {
        return new TopicSubscription(filter, maximumQos, noLocal, keep, retainHandling);
    }

    public TopicSubscription withRetainHandling(RetainHandling handling) {
        return new TopicSubscription(filter, maximumQos, noLocal, retainAsPublished, handling);
    }
}
