package io.godwit.nodemcu;

import org.jspecify.annotations.Nullable;

/**
 * The arguments of {@code mqtt.Client}.
 *
 * @param keepalive seconds, 0 to 65,535; 0 means the device's default (120 on an ESP32, 60 on an ESP8266)
 * @param username null or empty for none
 * @param maxMessageLength for the profile esp8266; 0 for its default of 1024
 */
public record MqttParameters(
        String clientId,
        int keepalive,
        @Nullable String username,
        byte @Nullable [] password,
        boolean cleanSession,
        int maxMessageLength) {

    /** Without the password. */
    @Override
    public String toString() {
        return "MqttParameters[" + clientId + ", " + keepalive + ", " + username + ", " + cleanSession + "]";
    }
}
