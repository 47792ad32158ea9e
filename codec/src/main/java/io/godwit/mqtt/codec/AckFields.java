package io.godwit.mqtt.codec;

import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ReasonCode;

/**
 * The fields of an acknowledgement (PUBACK, PUBREC, PUBREL, PUBCOMP): filled again for each packet, so that one without
 * properties allocates nothing. Not thread-safe.
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
