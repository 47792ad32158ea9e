package io.godwit.mqtt.client;

import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ReasonCode;

/**
 * How a publish succeeded.
 *
 * @param reason {@link ReasonCode#SUCCESS}, or {@link ReasonCode#NO_MATCHING_SUBSCRIBERS} on MQTT 5
 * @param properties of PUBACK or PUBCOMP on MQTT 5
 */
public record PublishResult(ReasonCode reason, MqttProperties properties) {
    /** Plain success, without properties. */
    public static final PublishResult SUCCESS = new PublishResult(ReasonCode.SUCCESS, MqttProperties.NONE);
}
