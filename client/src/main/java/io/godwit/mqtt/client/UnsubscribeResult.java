package io.godwit.mqtt.client;

import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicFilter;
import java.util.List;

/**
 * How an unsubscribe succeeded.
 *
 * @param filters that were asked for
 * @param reasons the broker's answer to each filter, in the same order: {@link ReasonCode#SUCCESS} or {@link
 *     ReasonCode#NO_SUBSCRIPTION_EXISTED}. Empty before MQTT 5, where UNSUBACK carries none
 * @param properties of UNSUBACK on MQTT 5
 */
public record UnsubscribeResult(List<TopicFilter> filters, List<ReasonCode> reasons, MqttProperties properties) {
    public UnsubscribeResult {
        filters = List.copyOf(filters);
        reasons = List.copyOf(reasons);
    }
}
