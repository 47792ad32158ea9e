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

    private final ProbeSession trial;
    private final String topic;

    RetainedCheck(ProbeSession trial) {
        this.trial = trial;
        topic = trial.clients().topic("retained");
    }

    void run() throws InterruptedException {
        if (trial.isDenied(Property.RETAIN_AVAILABLE)) {
            trial.report().add(Finding.warning(CheckStep.RETAINED, "the broker keeps no messages, as CONNACK says"));
            return;
        }
        trial.run(
                this::keep,
                failure -> trial.report()
                        .add(Finding.warning(CheckStep.RETAINED, "a message cannot be retained: " + failure)));
    }

    private void keep(MqttClient client) throws InterruptedException {
        byte[] payload = "kept".getBytes(StandardCharsets.UTF_8);
        Message message = Message.of(topic, payload).withQos(Qos.AT_LEAST_ONCE).withRetain(true);
        try {
            client.publish(trial.isFive() ? message.withExpiry(EXPIRY) : message);
            Echo echo = new Echo();
            long start = System.nanoTime();
            client.subscribe(topic, Qos.AT_LEAST_ONCE, echo::hear);
            Echo.Heard heard = echo.await(payload, trial.clients().limit());
            if (heard == null) {
                trial.report()
                        .add(Finding.warning(
                                CheckStep.RETAINED,
                                "a later subscriber does not get the message within " + trial.limit()));
            } else {
                trial.report()
                        .add(Finding.good(
                                        CheckStep.RETAINED, "a later subscriber gets the message; it is cleared again")
                                .took(heard.nanoTime() - start));
            }
        } finally {
            client.publish(Message.clearRetained(topic).withQos(Qos.AT_LEAST_ONCE));
        }
    }
}
