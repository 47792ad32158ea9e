package io.godwit.mqtt.client;

/** A blocking call has reached its time limit; the message says what it waited for. What it started goes on. */
public final class MqttTimeoutException extends MqttException {
    private static final long serialVersionUID = 1;

    public MqttTimeoutException(String message) {
        super(message, null);
    }
}
