package io.godwit.cli.doctor;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;

/** Whether the broker makes up an identifier for a client that has none. */
final class IdentifierCheck {
    private final ProbeSession trial;

    IdentifierCheck(ProbeSession trial) {
        this.trial = trial;
    }

    void run() {
        if (trial.clients().isIdentified()) {
            trial.report()
                    .add(Finding.warning(
                            CheckStep.IDENTIFIER,
                            "-i is used as it is: a client that was connected under it"
                                    + " is thrown out now, and its kept session has ended"));
            return;
        }
        if (trial.version() == ProtocolVersion.V3_1) {
            trial.report().add(Finding.skipped(CheckStep.IDENTIFIER, "MQTT 3.1 has no empty client identifiers"));
            return;
        }
        try (MqttClient client = trial.clients()
                .build(trial.version(), builder -> builder.clientId("").will(null))) {
            String assigned = client.connect().properties().get(Property.ASSIGNED_CLIENT_IDENTIFIER);
            Finding finding = Finding.good(
                    CheckStep.IDENTIFIER,
                    assigned == null
                            ? "a client without an identifier is accepted"
                            : "a client without an identifier becomes '" + assigned + "'");
            trial.report().add(assigned == null ? finding : finding.fact("assigned", assigned));
        } catch (MqttException e) {
            trial.report()
                    .add(Finding.warning(
                            CheckStep.IDENTIFIER,
                            "a client without an identifier is not accepted: " + Advice.symptom(e)));
        }
    }
}
