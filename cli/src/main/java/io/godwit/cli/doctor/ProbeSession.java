package io.godwit.cli.doctor;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import java.util.function.Consumer;

/**
 * What a check on a working connection needs. Each check has a client of its own, so that a broker which ends the
 * connection during one check does not spoil the others.
 *
 * @param allowed what CONNACK said; nothing before MQTT 5
 */
record ProbeSession(Clients clients, ProtocolVersion version, MqttProperties allowed, Report report) {
    /** A check; interrupted when the doctor is ended. */
    interface Work {
        void with(MqttClient client) throws InterruptedException;
    }

    /** Runs a check with a connected client; a failure of the client goes to {@code failed}. */
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
