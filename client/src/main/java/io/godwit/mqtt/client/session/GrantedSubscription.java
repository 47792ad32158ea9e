package io.godwit.mqtt.client.session;

import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.TopicSubscription;

/**
 * A subscription as the broker has granted it, and as it is restored if the broker loses it.
 *
 * @param properties that the application gave: user properties, perhaps a subscription identifier
 * @param group those of the same group were granted with one SUBSCRIBE
 */
record GrantedSubscription(TopicSubscription subscription, MqttProperties properties, int group) {}
