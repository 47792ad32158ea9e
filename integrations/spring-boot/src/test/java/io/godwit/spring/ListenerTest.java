package io.godwit.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.broker.MqttBroker;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Message;
import io.godwit.spring.application.Readings;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.annotation.DirtiesContext;

@SpringBootTest(
        classes = Readings.class,
        properties = {
            "godwit.mqtt.embedded-broker.enabled=true",
            "godwit.mqtt.client-id=readings",
            "godwit.mqtt.reconnect-delay=50ms",
            "godwit.mqtt.reconnect-maximum-delay=100ms",
            "godwit.mqtt.listener.retries=2",
            "godwit.mqtt.listener.retry-delay=10ms",
            "godwit.mqtt.listener.dead-letter-topic=dead/{topic}",
            "count.topic=count/{what}"
        })
@DirtiesContext
class ListenerTest {
    @Autowired
    Readings readings;

    @Autowired
    MqttTemplate template;

    @Autowired
    MqttClient client;

    @Autowired
    MqttBroker broker;

    @Autowired
    HealthIndicator mqttHealthIndicator;

    @BeforeEach
    void forget() {
        readings.seen.clear();
    }

    private String next() throws InterruptedException {
        String next = readings.seen.poll(20, TimeUnit.SECONDS);
        return next == null ? "nothing" : next;
    }

    @Test
    void a_listener_gets_variables_json_and_user_properties() throws InterruptedException {
        client.publish(Message.of("boiler/7/temp", "{\"celsius\": 71.5}").withUserProperty("unit", "C"));

        assertThat(next()).isEqualTo("7 71.5 C");
    }

    @Test
    void the_template_writes_json() throws InterruptedException {
        template.send("boiler/8/temp", new Readings.Reading(12));

        assertThat(next()).isEqualTo("8 12.0 null");
    }

    @Test
    void a_message_whose_listener_keeps_throwing_becomes_a_dead_letter() throws InterruptedException {
        template.send("boiler/9/temp", new Readings.Reading(5000));

        Message dead = readings.deadLetters.poll(20, TimeUnit.SECONDS);
        assertThat(dead).isNotNull();
        assertThat(dead.topic()).isEqualTo("dead/boiler/9/temp");
        assertThat(readings.seen).containsExactly("impossible", "impossible", "impossible");
    }

    @Test
    void a_request_is_answered_with_what_the_listener_returns() {
        Readings.Verdict verdict = template.request("boiler/7/judge", new Readings.Reading(95), Readings.Verdict.class);

        assertThat(verdict).isEqualTo(new Readings.Verdict("7", true));
    }

    @Test
    void a_result_is_sent_to_the_topic_that_the_method_names() throws InterruptedException {
        template.send("count/apples", 41);

        assertThat(next()).isEqualTo("counted 42");
    }

    @Test
    void health_goes_down_with_the_connection_and_up_again() {
        await().atMost(Duration.ofSeconds(20)).until(() -> status().equals(Status.UP));
        assertThat(mqttHealthIndicator.health().getDetails().get("default").toString())
                .contains("readings");

        broker.faults().goOffline();

        await().atMost(Duration.ofSeconds(20)).until(() -> status().equals(Status.DOWN));
        broker.faults().goOnline();
        await().atMost(Duration.ofSeconds(20)).until(() -> status().equals(Status.UP));
    }

    private Status status() {
        return mqttHealthIndicator.health().getStatus();
    }
}
