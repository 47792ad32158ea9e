package io.godwit.mqtt.client;

/** A connection could not be made; {@link #failure()} says why. */
public final class MqttConnectException extends MqttException {
    private static final long serialVersionUID = 1;

    private final transient ConnectFailure failure;

    public MqttConnectException(ConnectFailure failure) {
        super(failure.text(), failure.exception());
        this.failure = failure;
    }

    public ConnectFailure failure() {
        return failure;
    }
}
