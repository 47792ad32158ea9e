package io.godwit.mqtt.client;

import org.jspecify.annotations.Nullable;

/** A connection could not be made; {@link #failure()} says why. */
public final class MqttConnectException extends MqttException {
    private static final long serialVersionUID = 1;

    private final transient ConnectFailure failure;

    MqttConnectException(ConnectFailure failure, @Nullable Throwable cause) {
        super(failure.text(), cause);
        this.failure = failure;
    }

    public ConnectFailure failure() {
        return failure;
    }
}
