package io.godwit.cli.doctor;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Qos;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Whether a later subscriber gets a message that was retained. It is cleared again, whatever happens. */
final class RetainedCheck {
    /** So that nothing stays on the broker for long if the doctor is killed in between; MQTT 5 only. */
    private static final Duration EXPIRY = Duration.ofMinutes(1);

    private final ProbeSession session;
    private final String topic;

    RetainedCheck(ProbeSession session) {
        this.session = session;
        topic = session.clients().topic("retained");
    }

    void run() throws InterruptedException {
        if (session.isDenied(Property.RETAIN_AVAILABLE)) {
            session.report().add(Finding.warning(CheckStep.RETAINED, "not supported, according to CONNACK"));
            return;
        }
        session.run(
                this::keep,
                failure -> session.report()
                        .add(Finding.warning(CheckStep.RETAINED, "a message cannot be retained: " + failure)));
    }

    private void keep(MqttClient client) throws InterruptedException {
        byte[] payload = "kept".getBytes(StandardCharsets.UTF_8);
        Message message = Message.of(topic, payload).withQos(Qos.AT_LEAST_ONCE).withRetain(true);
        try {
            client.publish(session.isFive() ? message.withExpiry(EXPIRY) : message);
            Echo echo = new Echo();
            long start = System.nanoTime();
            client.subscribe(topic, Qos.AT_LEAST_ONCE, echo::hear);
            Echo.Heard heard = echo.await(payload, session.clients().limit());
            if (heard == null) {
                session.report()
                        .add(Finding.warning(
                                CheckStep.RETAINED,
                                "a later subscriber does not get the message within " + session.limit()));
            } else {
                session.report()
                        .add(Finding.good(
                                        CheckStep.RETAINED, "a later subscriber gets the message; it is cleared again")
                                .took(heard.nanoTime() - start));
            }
        } finally {
            client.publish(Message.clearRetained(topic).withQos(Qos.AT_LEAST_ONCE));
        }
    }
}
