package io.godwit.mqtt.broker;

import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;

/**
 * A subscription that the broker has granted.
 *
 * @param options as the client asked
 * @param granted the QoS that it got
 * @param identifier the subscription identifier, 0 for none
 */
record Subscription(TopicSubscription options, Qos granted, int identifier) {
    TopicFilter filter() {
        return options.filter();
    }
}
