package io.godwit.mqtt.codec;

import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ReasonCode;

/**
 * What an acknowledgement (PUBACK, PUBREC, PUBREL, PUBCOMP) said: filled anew for each, so that one without properties
 * costs no object. Belongs to one thread at a time.
 */
public final class AckFields {
    int packetId;
    ReasonCode reason = ReasonCode.SUCCESS;
    MqttProperties properties = MqttProperties.NONE;

    /** 1 to 65,535. */
    public int packetId() {
        return packetId;
    }

    /** Success where the packet named none, as on 3.1 and 3.1.1. */
    public ReasonCode reason() {
        return reason;
    }

    /** Of MQTT 5. */
    public MqttProperties properties() {
        return properties;
    }
}
