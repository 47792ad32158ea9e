package io.godwit.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.broker.MqttBroker;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
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

    private long failedBefore;

    @BeforeEach
    void forget() {
        readings.seen.clear();
        readings.deadLetters.clear();
        failedBefore = client.statistics().messages().failed();
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

        Message dead = nextDeadLetter();
        assertThat(dead.topic()).isEqualTo("dead/boiler/9/temp");
        assertThat(readings.seen).containsExactly("impossible", "impossible", "impossible");
    }

    private Message nextDeadLetter() throws InterruptedException {
        Message dead = readings.deadLetters.poll(20, TimeUnit.SECONDS);
        assertThat(dead).as("a dead letter").isNotNull();
        return dead;
    }

    @Test
    void a_payload_that_cannot_be_read_becomes_a_dead_letter_without_retries() throws InterruptedException {
        client.publish("boiler/9/temp", "hot");

        assertThat(nextDeadLetter().userProperty("dead-letter-cause"))
                .startsWith("io.godwit.spring.UnreadableMessageException: cannot call"
                        + " io.godwit.spring.application.Readings.reading with the message for 'boiler/9/temp':"
                        + " no Reading for the parameter reading: ");
        assertThat(client.statistics().messages().failed() - failedBefore).isEqualTo(1);
    }

    @Test
    void a_topic_level_that_is_not_what_the_parameter_needs_is_such_a_message_too() throws InterruptedException {
        client.publish("tank/seven/level", "50%");

        assertThat(nextDeadLetter().userProperty("dead-letter-cause")).contains("no int for the parameter id: ");
    }

    @Test
    void a_future_that_fails_is_a_listener_that_throws() throws InterruptedException {
        template.send("boiler/9/judge", new Readings.Reading(-300));

        assertThat(nextDeadLetter().userProperty("dead-letter-cause")).contains("impossible: ");
    }

    @Test
    void a_listener_may_have_a_failure_policy_of_its_own() throws InterruptedException {
        client.publish("valve/3", "open");

        Message dead = nextDeadLetter();
        assertThat(dead.topic()).isEqualTo("dead/valves");
        assertThat(dead.userProperty("dead-letter-cause")).contains("stuck");
        assertThat(client.statistics().messages().failed() - failedBefore).isEqualTo(1);
    }

    @Test
    void a_converter_of_the_application_reads_and_writes_payloads() throws InterruptedException {
        template.sendAsync("tank/7/level", new Readings.Level(50), message -> message.withQos(Qos.EXACTLY_ONCE));

        assertThat(next()).isEqualTo("7 Level[percent=50] text/percent 2 readings");
    }

    @Test
    void a_listener_may_have_several_topics_with_variables_at_different_levels() throws InterruptedException {
        client.publish("site/north/8/level", "60%");

        assertThat(next()).startsWith("8 Level[percent=60] null 1 ");
    }

    @Test
    void messages_of_different_topics_are_handled_at_once_if_the_listener_wants_it() throws InterruptedException {
        client.publish("pair/1", "");
        client.publish("pair/2", "");

        assertThat(next()).isEqualTo("both");
        assertThat(next()).isEqualTo("both");
    }

    @Test
    void a_listener_with_a_group_is_a_shared_subscription() {
        assertThat(broker.subscriptions("readings")).contains("$share/counters/count/+");
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
