package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.DisconnectCause;
import io.godwit.mqtt.client.DisconnectCause.EndedBy;
import io.godwit.mqtt.protocol.MqttProperties;
import org.jspecify.annotations.Nullable;

/** The causes that no packet of the broker stands behind. */
final class DisconnectCauses {
    private DisconnectCauses() {}

    static DisconnectCause byApplication() {
        return new DisconnectCause(
                EndedBy.APPLICATION, null, "disconnected by the application", MqttProperties.NONE, null);
    }

    static DisconnectCause byClient(String text, @Nullable Throwable exception) {
        return new DisconnectCause(EndedBy.CLIENT, null, text, MqttProperties.NONE, exception);
    }
}
