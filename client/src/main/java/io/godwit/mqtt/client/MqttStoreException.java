package io.godwit.mqtt.client;

import org.jspecify.annotations.Nullable;

/** The session store cannot be used; the message says why. */
public final class MqttStoreException extends MqttException {
    private static final long serialVersionUID = 1;

    public MqttStoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
