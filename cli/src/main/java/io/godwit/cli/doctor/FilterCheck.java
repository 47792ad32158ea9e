package io.godwit.cli.doctor;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Qos;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Whether filters with wildcards, and shared ones, bring what they match. */
final class FilterCheck {
    private final ProbeSession trial;

    FilterCheck(ProbeSession trial) {
        this.trial = trial;
    }

    void wildcards() throws InterruptedException {
        if (trial.isDenied(Property.WILDCARD_SUBSCRIPTION_AVAILABLE)) {
            trial.report().add(Finding.warning(CheckStep.WILDCARDS, "the broker takes none, as CONNACK says"));
            return;
        }
        String base = trial.clients().topic("wild");
        attempt(CheckStep.WILDCARDS, "'+' and '#' bring what they match", base + "/a/b", base + "/+/b", base + "/#");
    }

    void shared() throws InterruptedException {
        if (!trial.isFive()) {
            trial.report().add(Finding.skipped(CheckStep.SHARED, "shared subscriptions are of MQTT 5"));
            return;
        }
        if (trial.isDenied(Property.SHARED_SUBSCRIPTION_AVAILABLE)) {
            trial.report().add(Finding.warning(CheckStep.SHARED, "the broker has none, as CONNACK says"));
            return;
        }
        String topic = trial.clients().topic("shared");
        attempt(CheckStep.SHARED, "a shared subscription brings its messages", topic, "$share/doctor/" + topic);
    }

    private void attempt(CheckStep station, String good, String topic, String... filters) throws InterruptedException {
        trial.run(
                client -> {
                    long start = System.nanoTime();
                    String missing = missing(client, topic, List.of(filters));
                    trial.report()
                            .add(
                                    missing.isEmpty()
                                            ? Finding.good(station, good).took(System.nanoTime() - start)
                                            : Finding.warning(
                                                    station,
                                                    "'" + missing + "' is granted and brings nothing within "
                                                            + trial.limit()));
                },
                failure -> trial.report().add(Finding.warning(station, failure)));
    }

    /** The first filter that does not bring the message; empty when all do. One at a time: together they may overlap. */
    private String missing(MqttClient client, String topic, List<String> filters) throws InterruptedException {
        byte[] payload = "match".getBytes(StandardCharsets.UTF_8);
        for (String filter : filters) {
            Echo echo = new Echo();
            client.subscribe(filter, Qos.AT_LEAST_ONCE, echo::hear);
            client.publish(Message.of(topic, payload).withQos(Qos.AT_LEAST_ONCE));
            if (echo.await(payload, trial.clients().limit()) == null) {
                return filter;
            }
            client.unsubscribe(filter);
        }
        return "";
    }
}
