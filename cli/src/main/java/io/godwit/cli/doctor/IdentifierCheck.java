package io.godwit.cli.doctor;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;

/** Whether the broker makes up an identifier for a client that has none. */
final class IdentifierCheck {
    private final ProbeSession session;

    IdentifierCheck(ProbeSession session) {
        this.session = session;
    }

    void run() {
        if (session.clients().isIdentified()) {
            session.report()
                    .add(Finding.warning(
                            CheckStep.IDENTIFIER,
                            "-i is used as is: a client that was connected with it"
                                    + " is disconnected now, and its session has ended"));
            return;
        }
        if (session.version() == ProtocolVersion.V3_1) {
            session.report()
                    .add(Finding.skipped(CheckStep.IDENTIFIER, "MQTT 3.1 does not allow empty client identifiers"));
            return;
        }
        try (MqttClient client = session.clients()
                .build(session.version(), builder -> builder.clientId("").will(null))) {
            String assigned = client.connect().properties().get(Property.ASSIGNED_CLIENT_IDENTIFIER);
            Finding finding = Finding.good(
                    CheckStep.IDENTIFIER,
                    assigned == null
                            ? "a client without an identifier is accepted"
                            : "a client without an identifier becomes '" + assigned + "'");
            session.report().add(assigned == null ? finding : finding.fact("assigned", assigned));
        } catch (MqttException e) {
            session.report()
                    .add(Finding.warning(
                            CheckStep.IDENTIFIER,
                            "a client without an identifier is not accepted: " + Advice.symptom(e)));
        }
    }
}
