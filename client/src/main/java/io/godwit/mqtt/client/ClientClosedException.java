package io.godwit.mqtt.client;

/** The client was closed before this could end, or is closed already. */
public final class ClientClosedException extends MqttException {
    private static final long serialVersionUID = 1;

    public ClientClosedException(String message) {
        super(message, null);
    }
}
