package io.godwit.mqtt.client;

import org.jspecify.annotations.Nullable;

/** What can go wrong with a client; each cause that an application can act upon has a class of its own. */
public sealed class MqttException extends RuntimeException
        permits MqttConnectException,
                PublishException,
                SubscribeException,
                NotConnectedException,
                ClientClosedException,
                MqttInterruptedException,
                MqttTimeoutException,
                MqttStoreException {
    private static final long serialVersionUID = 1;

    MqttException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
