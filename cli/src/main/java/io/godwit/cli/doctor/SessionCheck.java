package io.godwit.cli.doctor;

import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ReasonCode;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How long the broker keeps a session. Asks for an hour, and takes the session back with DISCONNECT; so only MQTT 5 is
 * tried, where a session ends by itself if the doctor is killed in between.
 */
final class SessionCheck {
    private static final Duration ASKED = Duration.ofHours(1);

    private final ProbeSession session;

    SessionCheck(ProbeSession session) {
        this.session = session;
    }

    void run() throws InterruptedException {
        if (!session.isFive()) {
            session.report()
                    .add(Finding.skipped(
                            CheckStep.SESSION, "not tried before MQTT 5, where a kept session never expires"));
            return;
        }
        if (session.clients().isIdentified()) {
            session.clients().close();
        }
        try (MqttClient client = session.clients()
                .build(
                        session.version(),
                        builder -> builder.will(null).property(Property.SESSION_EXPIRY_INTERVAL, ASKED.toSeconds()))) {
            ConnectResult result = client.connect();
            long granted = result.properties().getOr(Property.SESSION_EXPIRY_INTERVAL, ASKED.toSeconds());
            Finding finding = granted == ASKED.toSeconds()
                    ? Finding.good(CheckStep.SESSION, "the broker keeps a session for an hour when asked to")
                    : Finding.warning(
                            CheckStep.SESSION,
                            "asked to keep a session for an hour, the broker keeps it for " + granted + " s");
            session.report().add(finding.fact("asked", ASKED.toSeconds()).fact("granted", granted));
            takeBack(client);
        } catch (MqttException e) {
            session.report().add(Finding.warning(CheckStep.SESSION, "a session cannot be kept: " + Advice.symptom(e)));
        }
    }

    private void takeBack(MqttClient client) throws InterruptedException {
        try {
            client.disconnectAsync(
                            ReasonCode.SUCCESS,
                            MqttProperties.of(Property.SESSION_EXPIRY_INTERVAL, 0L),
                            session.clients().limit())
                    .get(session.clients().limit().toMillis() + 1_000, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            session.report()
                    .add(Finding.warning(
                            CheckStep.SESSION, "the session could not be ended; it expires within the hour"));
        }
    }
}
