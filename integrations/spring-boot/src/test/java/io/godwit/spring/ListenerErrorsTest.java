package io.godwit.spring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Listeners that no message can be handed to are errors when the application starts. */
class ListenerErrorsTest {
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(GodwitAutoConfiguration.class))
            .withPropertyValues("godwit.mqtt.servers=mqtt://127.0.0.1:1", "godwit.mqtt.listener.startup-timeout=0s");

    private void startFails(Class<?> listener, String message) {
        application
                .withBean(listener)
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining(message));
    }

    static class TwoPayloads {
        @MqttListener("boiler/{id}/temp")
        void reading(String id, String payload) {}
    }

    @Test
    void two_parameters_for_the_payload() {
        startFails(TwoPayloads.class, "has two parameters for the payload: annotate one with @TopicVariable");
    }

    static class UnknownVariable {
        @MqttListener("boiler/{id}/temp")
        void reading(@TopicVariable String site) {}
    }

    @Test
    void a_variable_that_the_topic_does_not_have() {
        startFails(UnknownVariable.class, "each topic needs a level {site} for the parameter site");
    }

    static class NoTopic {
        @MqttListener
        void reading(String payload) {}
    }

    @Test
    void no_topic() {
        startFails(NoTopic.class, "@MqttListener needs at least one topic");
    }

    static class UnknownClient {
        @MqttListener(topics = "boiler", client = "site")
        void reading(String payload) {}
    }

    @Test
    void a_client_without_properties() {
        startFails(
                UnknownClient.class,
                "there is no MQTT client 'site', but [default]: set godwit.mqtt.clients.site.servers");
    }

    static class UnknownPolicy {
        @MqttListener(topics = "boiler", failurePolicy = "lenient")
        void reading(String payload) {}
    }

    @Test
    void a_failure_policy_that_is_no_bean() {
        startFails(UnknownPolicy.class, "No bean named 'lenient' available");
    }

    static class Plain {
        @MqttListener("boiler")
        void reading(String payload) {}
    }

    @ParameterizedTest
    @ValueSource(strings = {"retry-delay=1s", "not-retried=java.io.IOException"})
    void how_to_retry_without_retries(String property) {
        application
                .withBean(Plain.class)
                .withPropertyValues("godwit.mqtt.listener." + property)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("set godwit.mqtt.listener.retries"));
    }

    @Test
    void a_profile_may_switch_retries_off() {
        application
                .withBean(Plain.class)
                .withPropertyValues("godwit.mqtt.listener.retry-delay=1s", "godwit.mqtt.listener.retries=0")
                .run(context -> assertThat(context).hasNotFailed());
    }
}
