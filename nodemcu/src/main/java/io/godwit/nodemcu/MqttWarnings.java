package io.godwit.nodemcu;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The warnings of one client: what its device would do differently. Any thread may call. */
final class MqttWarnings {

    private final Profile profile;
    private final Consumer<Warning> receiver;

    MqttWarnings(MqttSettings settings) {
        this.profile = settings.profile();
        this.receiver = settings.environment().warnings();
    }

    void warn(WarningType type, String text) {
        warn(new Warning(type, text));
    }

    void warn(Warning warning) {
        receiver.accept(warning);
    }

    void ofIdentity(String clientId, @Nullable String username, byte @Nullable [] password) {
        limit("client id", clientId.getBytes(StandardCharsets.UTF_8).length, 32);
        limit("user name", username == null ? 0 : username.getBytes(StandardCharsets.UTF_8).length, 32);
        limit("password", password == null ? 0 : password.length, 65);
    }

    void ofWill(String topic, byte[] message, boolean options) {
        limit("topic of the will", topic.getBytes(StandardCharsets.UTF_8).length, 32);
        limit("message of the will", message.length, 128);
        if (profile.isEsp32() && options) {
            warn(
                    WarningType.FIRMWARE_FAULT,
                    "an ESP32 would publish the will with QoS 0 and not retained, whatever lwt() says");
        }
    }

    private void limit(String what, int length, int most) {
        if (length > most && profile.isEsp32()) {
            warn(
                    WarningType.DEVICE_LIMIT,
                    "an ESP32 would cut the " + what + " at " + most + " bytes (it has " + length + ")");
        }
    }

    void ofEvent(String event) {
        if (profile.isEsp32() && !Set.of("connect", "offline", "message").contains(event)) {
            warn(WarningType.FIRMWARE_FAULT, "on(\"" + event + "\") raises an error on an ESP32");
        }
    }

    void ofConnect(int port, Secure secure, boolean autoreconnect) {
        if (port == 1883 && !(secure instanceof Secure.Off)) {
            warn(
                    WarningType.TLS_PORT,
                    "connect: TLS on port 1883, the module's default; brokers usually offer TLS on port 8883");
        }
        if (secure instanceof Secure.On on && !on.verified()
                || secure instanceof Secure.Pem pem && pem.caCert() == null) {
            warn(
                    WarningType.TLS_UNVERIFIED,
                    "connect: TLS without ca_cert does not verify the server: anyone in the network can pose as the broker");
        }
        if (autoreconnect && profile == Profile.ESP32) {
            warn(
                    WarningType.FIRMWARE_FAULT,
                    "on an ESP32 autoreconnect never works: the script must connect again in \"offline\"");
        }
    }
}
