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

    private final ProbeSession session;
    private final String topic;

    EchoCheck(ProbeSession session) {
        this.session = session;
        topic = session.clients().topic("echo");
    }

    /** Returns false if no subscription works, so that no further check makes sense. */
    boolean run() throws InterruptedException {
        Qos granted = subscribe();
        if (granted == null) {
            return false;
        }
        int most = Math.min(granted.level(), session.allowed().getOr(Property.MAXIMUM_QOS, 2));
        for (Qos qos : Qos.values()) {
            if (qos.level() <= most) {
                echo(qos);
            } else {
                session.report()
                        .add(Finding.warning(
                                        CheckStep.ECHO,
                                        "QoS " + qos.level() + ": the broker allows QoS " + most + " at most")
                                .fact("qos", qos.level()));
            }
        }
        return true;
    }

    private @Nullable Qos subscribe() throws InterruptedException {
        AtomicReference<@Nullable Qos> granted = new AtomicReference<>();
        session.run(
                client -> {
                    long start = System.nanoTime();
                    Qos got = client.subscribe(topic, Qos.EXACTLY_ONCE, message -> {})
                            .grantedQos();
                    granted.set(got);
                    String text = "QoS " + got.level() + " granted for '" + topic + "'";
                    session.report()
                            .add((got == Qos.EXACTLY_ONCE
                                            ? Finding.good(CheckStep.SUBSCRIBE, text)
                                            : Finding.warning(CheckStep.SUBSCRIBE, text + ", QoS 2 asked for"))
                                    .took(System.nanoTime() - start)
                                    .fact("granted", got.level()));
                },
                failure -> session.report().fault(Finding.failed(CheckStep.SUBSCRIBE, failure), RIGHTS));
        return granted.get();
    }

    private void echo(Qos qos) throws InterruptedException {
        String name = "QoS " + qos.level() + ": ";
        session.run(
                client -> echo(client, qos, name),
                failure -> session.report()
                        .fault(Finding.failed(CheckStep.ECHO, name + failure).fact("qos", qos.level()), RIGHTS));
    }

    private void echo(MqttClient client, Qos qos, String name) throws InterruptedException {
        Echo echo = new Echo();
        try (Subscription subscription = client.subscribe(topic, qos, echo::hear)) {
            byte[] payload = ("QoS " + qos.level()).getBytes(StandardCharsets.UTF_8);
            long start = System.nanoTime();
            client.publish(Message.of(topic, payload).withQos(qos));
            long acknowledged = System.nanoTime() - start;
            Echo.Heard heard = echo.await(payload, session.clients().limit());
            if (heard == null) {
                String sent = qos == Qos.AT_MOST_ONCE ? "was sent" : "was acknowledged";
                session.report()
                        .fault(
                                Finding.failed(
                                                CheckStep.ECHO,
                                                name + "the message " + sent + " but was not delivered within "
                                                        + session.limit())
                                        .fact("qos", qos.level()),
                                RIGHTS);
                return;
            }
            long back = heard.nanoTime() - start;
            Finding finding = Finding.good(
                            CheckStep.ECHO,
                            qos == Qos.AT_MOST_ONCE
                                    ? name + "delivered"
                                    : name + "acknowledged after "
                                            + Clients.time(Duration.ofNanos(acknowledged))
                                            + ", and delivered")
                    .took(back)
                    .fact("qos", qos.level());
            session.report()
                    .add(
                            qos == Qos.AT_MOST_ONCE
                                    ? finding
                                    : finding.fact("acknowledgedMicros", TimeUnit.NANOSECONDS.toMicros(acknowledged)));
        }
    }
}
