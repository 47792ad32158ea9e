package io.godwit.mqtt.client;

/** There is no connection, and none is being made: call {@code connect} first. */
public final class NotConnectedException extends MqttException {
    private static final long serialVersionUID = 1;

    public NotConnectedException(String message) {
        super(message, null);
    }
}
