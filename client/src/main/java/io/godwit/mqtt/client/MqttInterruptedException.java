package io.godwit.mqtt.client;

/**
 * The thread was interrupted while it waited in a blocking call; its interrupt flag is set again. What the call had begun
 * goes on.
 */
public final class MqttInterruptedException extends MqttException {
    private static final long serialVersionUID = 1;

    public MqttInterruptedException(String message, InterruptedException cause) {
        super(message, cause);
    }
}
