package io.godwit.nodemcu;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/** Delivers messages as the profile's device does: whole, cut at the limit of an ESP8266, or in the pieces of an ESP32. */
final class IncomingMessages {

    /** The bytes of a message that an ESP32 takes in one piece, and the default limit of an ESP8266. */
    static final int DEVICE_BUFFER = 1024;

    private final MqttCallbacks callbacks;
    private final Profile profile;
    private final int maxMessageLength;
    private final Consumer<Warning> warnings;
    private final Mqtt client;

    IncomingMessages(
            Mqtt client, MqttCallbacks callbacks, Profile profile, int maxMessageLength, Consumer<Warning> warnings) {
        this.client = client;
        this.callbacks = callbacks;
        this.profile = profile;
        this.maxMessageLength = maxMessageLength > 0 ? maxMessageLength : DEVICE_BUFFER;
        this.warnings = warnings;
    }

    void deliver(Message message) {
        byte[] payload = message.payload();
        int overhead = packetLength(message, payload.length) - payload.length;
        boolean large = overhead + payload.length > DEVICE_BUFFER;
        if (profile.isEsp8266() && overhead + payload.length > maxMessageLength) {
            overflow(message.topic(), payload, maxMessageLength - overhead);
            return;
        }
        if (large && profile == Profile.ESP32) {
            warnings.accept(new Warning(
                    WarningType.DEVICE_LIMIT,
                    "an ESP32 would deliver a message of " + payload.length
                            + " bytes in pieces, all but the first with the topic \"\""));
        }
        Mqtt.MessageCallback callback = callbacks.message();
        if (callback == null) {
            return;
        }
        if (large && profile.isStrict()) {
            pieces(callback, message.topic(), payload, Math.max(1, DEVICE_BUFFER - overhead));
        } else {
            call("on(\"message\")", callback, message.topic(), payload);
        }
    }

    /** The bytes of the PUBLISH packet that carried the message. */
    private static int packetLength(Message message, int payload) {
        int topic = message.topic().getBytes(StandardCharsets.UTF_8).length;
        int body = 2 + topic + (message.qos() == Qos.AT_MOST_ONCE ? 0 : 2) + payload;
        int header = body < 128 ? 2 : body < 16_384 ? 3 : body < 2_097_152 ? 4 : 5;
        return header + body;
    }

    private void overflow(String topic, byte[] payload, int room) {
        Mqtt.MessageCallback callback = callbacks.overflow();
        if (callback != null) {
            byte[] first = Arrays.copyOf(payload, Math.max(0, Math.min(payload.length, room)));
            callbacks.guarded("on(\"overflow\")", () -> callback.message(client, topic, first));
        }
    }

    private void pieces(Mqtt.MessageCallback callback, String topic, byte[] payload, int first) {
        int at = 0;
        int size = first;
        while (at < payload.length) {
            int end = Math.min(payload.length, at + size);
            call("on(\"message\")", callback, at == 0 ? topic : "", Arrays.copyOfRange(payload, at, end));
            at = end;
            size = DEVICE_BUFFER;
        }
    }

    private void call(String name, Mqtt.MessageCallback callback, String topic, byte[] payload) {
        callbacks.guarded(name, () -> callback.message(client, topic, payload.length == 0 ? null : payload));
    }
}
