package io.godwit.cli.doctor;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import java.util.function.Consumer;

/**
 * What a trial on a working connection needs. Each trial has a client of its own, so that a broker which ends the
 * connection in one of them spoils no other.
 *
 * @param allowed what CONNACK said; nothing before MQTT 5
 */
record ProbeSession(Clients clients, ProtocolVersion version, MqttProperties allowed, Report report) {
    /** Something to try; interrupted when the doctor is sent away. */
    interface Work {
        void with(MqttClient client) throws InterruptedException;
    }

    /** Tries with a connected client; what goes wrong at the client is told to {@code failed}. */
    void run(Work work, Consumer<String> failed) throws InterruptedException {
        try (MqttClient client = clients.connected(version)) {
            work.with(client);
        } catch (MqttException e) {
            failed.accept(Advice.symptom(e));
        }
    }

    boolean isFive() {
        return version == ProtocolVersion.V5;
    }

    /** Whether CONNACK says that the broker does without. */
    boolean isDenied(Property<Integer> property) {
        return allowed.getOr(property, 1) == 0;
    }

    String limit() {
        return Clients.time(clients.limit());
    }
}
