package io.godwit.cli.doctor;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Qos;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Whether filters with wildcards, and shared ones, bring what they match. */
final class FilterCheck {
    private final ProbeSession session;

    FilterCheck(ProbeSession session) {
        this.session = session;
    }

    void wildcards() throws InterruptedException {
        if (session.isDenied(Property.WILDCARD_SUBSCRIPTION_AVAILABLE)) {
            session.report().add(Finding.warning(CheckStep.WILDCARDS, "not supported, according to CONNACK"));
            return;
        }
        String base = session.clients().topic("wild");
        attempt(CheckStep.WILDCARDS, "'+' and '#' receive what they match", base + "/a/b", base + "/+/b", base + "/#");
    }

    void shared() throws InterruptedException {
        if (!session.isFive()) {
            session.report().add(Finding.skipped(CheckStep.SHARED, "shared subscriptions need MQTT 5"));
            return;
        }
        if (session.isDenied(Property.SHARED_SUBSCRIPTION_AVAILABLE)) {
            session.report().add(Finding.warning(CheckStep.SHARED, "not supported, according to CONNACK"));
            return;
        }
        String topic = session.clients().topic("shared");
        attempt(CheckStep.SHARED, "a shared subscription receives its messages", topic, "$share/doctor/" + topic);
    }

    private void attempt(CheckStep step, String good, String topic, String... filters) throws InterruptedException {
        session.run(
                client -> {
                    long start = System.nanoTime();
                    String missing = missing(client, topic, List.of(filters));
                    session.report()
                            .add(
                                    missing.isEmpty()
                                            ? Finding.good(step, good).took(System.nanoTime() - start)
                                            : Finding.warning(
                                                    step,
                                                    "'" + missing + "' was granted but received nothing within "
                                                            + session.limit()));
                },
                failure -> session.report().add(Finding.warning(step, failure)));
    }

    /** The first filter that does not bring the message; empty when all do. One at a time: together they may overlap. */
    private String missing(MqttClient client, String topic, List<String> filters) throws InterruptedException {
        byte[] payload = "match".getBytes(StandardCharsets.UTF_8);
        for (String filter : filters) {
            Echo echo = new Echo();
            client.subscribe(filter, Qos.AT_LEAST_ONCE, echo::hear);
            client.publish(Message.of(topic, payload).withQos(Qos.AT_LEAST_ONCE));
            if (echo.await(payload, session.clients().limit()) == null) {
                return filter;
            }
            client.unsubscribe(filter);
        }
        return "";
    }
}
