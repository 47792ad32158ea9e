package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ReasonCode;

/** Puts a broker's reasons into words. */
final class Reasons {
    private Reasons() {}

    static String describe(ReasonCode reason, MqttProperties properties) {
        String text = properties.get(Property.REASON_STRING);
        return text == null ? reason.describe() : reason.describe() + ": " + text;
    }
}
