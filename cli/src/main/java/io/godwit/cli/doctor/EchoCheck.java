package io.godwit.cli.doctor;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.Subscription;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Qos;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Subscribes, and publishes to itself at each QoS: the time of the acknowledgement, and of the way there and back. */
final class EchoCheck {
    private static final String RIGHTS =
            "see whether this user may publish and subscribe here, or name topics that it may use: -t PREFIX";

    private final ProbeSession trial;
    private final String topic;

    EchoCheck(ProbeSession trial) {
        this.trial = trial;
        topic = trial.clients().topic("echo");
    }

    /** False: nothing can be subscribed to, so that no further trial makes sense. */
    boolean run() throws InterruptedException {
        Qos granted = subscribe();
        if (granted == null) {
            return false;
        }
        int most = Math.min(granted.level(), trial.allowed().getOr(Property.MAXIMUM_QOS, 2));
        for (Qos qos : Qos.values()) {
            if (qos.level() <= most) {
                echo(qos);
            } else {
                trial.report()
                        .add(Finding.warning(
                                        CheckStep.ECHO,
                                        "QoS " + qos.level() + ": the broker takes QoS " + most + " at most")
                                .fact("qos", qos.level()));
            }
        }
        return true;
    }

    private @Nullable Qos subscribe() throws InterruptedException {
        AtomicReference<@Nullable Qos> granted = new AtomicReference<>();
        trial.run(
                client -> {
                    long start = System.nanoTime();
                    Qos got = client.subscribe(topic, Qos.EXACTLY_ONCE, message -> {})
                            .grantedQos();
                    granted.set(got);
                    String text = "QoS " + got.level() + " granted for '" + topic + "'";
                    trial.report()
                            .add((got == Qos.EXACTLY_ONCE
                                            ? Finding.good(CheckStep.SUBSCRIBE, text)
                                            : Finding.warning(CheckStep.SUBSCRIBE, text + ", QoS 2 asked for"))
                                    .took(System.nanoTime() - start)
                                    .fact("granted", got.level()));
                },
                failure -> trial.report().fault(Finding.broken(CheckStep.SUBSCRIBE, failure), RIGHTS));
        return granted.get();
    }

    private void echo(Qos qos) throws InterruptedException {
        String name = "QoS " + qos.level() + ": ";
        trial.run(
                client -> echo(client, qos, name),
                failure -> trial.report()
                        .fault(Finding.broken(CheckStep.ECHO, name + failure).fact("qos", qos.level()), RIGHTS));
    }

    private void echo(MqttClient client, Qos qos, String name) throws InterruptedException {
        Echo echo = new Echo();
        try (Subscription subscription = client.subscribe(topic, qos, echo::hear)) {
            byte[] payload = ("QoS " + qos.level()).getBytes(StandardCharsets.UTF_8);
            long start = System.nanoTime();
            client.publish(Message.of(topic, payload).withQos(qos));
            long acknowledged = System.nanoTime() - start;
            Echo.Heard heard = echo.await(payload, trial.clients().limit());
            if (heard == null) {
                String sent = qos == Qos.AT_MOST_ONCE ? "was sent" : "was acknowledged";
                trial.report()
                        .fault(
                                Finding.broken(
                                                CheckStep.ECHO,
                                                name + "the message " + sent + " and did not come back within "
                                                        + trial.limit())
                                        .fact("qos", qos.level()),
                                RIGHTS);
                return;
            }
            long back = heard.nanoTime() - start;
            Finding finding = Finding.good(
                            CheckStep.ECHO,
                            qos == Qos.AT_MOST_ONCE
                                    ? name + "a message comes back"
                                    : name + "acknowledged after "
                                            + Clients.time(Duration.ofNanos(acknowledged))
                                            + ", and it comes back")
                    .took(back)
                    .fact("qos", qos.level());
            trial.report()
                    .add(
                            qos == Qos.AT_MOST_ONCE
                                    ? finding
                                    : finding.fact("acknowledgedMicros", TimeUnit.NANOSECONDS.toMicros(acknowledged)));
        }
    }
}
