package io.godwit.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.store.QueueBounds;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class AutoConfigurationTest {
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(GodwitAutoConfiguration.class))
            .withPropertyValues("godwit.mqtt.listener.startup-timeout=0s");

    @Test
    void without_properties_there_is_no_client() {
        application.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(MqttClient.class));
    }

    @Test
    void the_default_client_has_its_properties() {
        application
                .withPropertyValues(
                        "godwit.mqtt.servers=mqtt://127.0.0.1:1",
                        "godwit.mqtt.protocol=V3_1_1",
                        "godwit.mqtt.client-id=a")
                .run(context -> {
                    assertThat(context).hasNotFailed().hasSingleBean(MqttTemplate.class);
                    MqttClient client = context.getBean(MqttClient.class);
                    assertThat(client.clientId()).isEqualTo("a");
                    assertThat(client.protocol()).isEqualTo(ProtocolVersion.V3_1_1);
                });
    }

    @Test
    void several_clients_are_found_by_name() {
        application
                .withPropertyValues(
                        "godwit.mqtt.servers[0]=mqtt://127.0.0.1:1",
                        "godwit.mqtt.clients.site.servers=mqtt://127.0.0.1:2",
                        "godwit.mqtt.clients.site.client-id=site-3")
                .run(context -> {
                    MqttClients clients = context.getBean(MqttClients.class);
                    assertThat(clients.names()).containsExactlyInAnyOrder("default", "site");
                    assertThat(clients.get("site").clientId()).isEqualTo("site-3");
                });
    }

    @Test
    void a_client_without_a_server_is_an_error_that_says_what_to_set() {
        application
                .withPropertyValues("godwit.mqtt.clients.site.client-id=site-3")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessage("the MQTT client 'site' has no server: set godwit.mqtt.clients.site.servers"));
    }

    @Test
    void a_setting_that_cannot_apply_is_an_error() {
        application
                .withPropertyValues(
                        "godwit.mqtt.servers=mqtt://127.0.0.1:1",
                        "godwit.mqtt.protocol=V3_1_1",
                        "godwit.mqtt.receive-maximum=10")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("receiveMaximum(...) is set, but MQTT 3.1.1 doesn't have it"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                password=x                                          | password is set, but not godwit.mqtt.username
                will.payload=gone                                   | will has no topic: set godwit.mqtt.will.topic
                will.qos=AT_LEAST_ONCE                              | will has no topic: set godwit.mqtt.will.topic
                reconnect-delay=10s,reconnect-maximum-delay=5s      | reconnect-maximum-delay PT5S is less than godwit.mqtt.reconnect-delay PT10S
                reconnect-maximum-delay=400d                        | invalid reconnect delay PT9600H: must be zero to 365 days
                """)
    void properties_that_do_not_fit_together_are_an_error(String properties, String error) {
        String[] values = Stream.of(properties.split(","))
                .map(each -> "godwit.mqtt." + each)
                .toArray(String[]::new);
        application
                .withPropertyValues("godwit.mqtt.servers=mqtt://127.0.0.1:1")
                .withPropertyValues(values)
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining(error));
    }

    @ParameterizedTest
    @ValueSource(strings = {"reconnect-delay=3m", "reconnect-maximum-delay=100ms"})
    void a_delay_may_be_beyond_the_default_of_the_other(String property) {
        application
                .withPropertyValues("godwit.mqtt.servers=mqtt://127.0.0.1:1", "godwit.mqtt." + property)
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void customizers_see_each_builder() {
        application
                .withPropertyValues("godwit.mqtt.servers=mqtt://127.0.0.1:1")
                .withBean(MqttClientCustomizer.class, () -> (name, builder) -> builder.clientId("of-" + name))
                .run(context ->
                        assertThat(context.getBean(MqttClient.class).clientId()).isEqualTo("of-default"));
    }

    @Test
    void bounds_of_the_queue_follow_the_heap_unless_they_are_set() {
        QueueBounds defaults = QueueBounds.defaults();

        application
                .withPropertyValues("godwit.mqtt.servers=mqtt://127.0.0.1:1")
                .run(context -> assertThat(refusedBytes(context.getBean(MqttClient.class)))
                        .isCloseTo(defaults.bytes(), withinPercentage(5)));
        application
                .withPropertyValues("godwit.mqtt.servers=mqtt://127.0.0.1:1", "godwit.mqtt.queue.size=2MB")
                .run(context -> assertThat(refusedBytes(context.getBean(MqttClient.class)))
                        .isCloseTo(2L << 20, withinPercentage(10)));
    }

    /** How much waits when the next publish is refused. */
    private static long refusedBytes(MqttClient client) {
        byte[] payload = new byte[100_000];
        while (!client.publishAsync(Message.of("t", payload)).isCompletedExceptionally()) {
            assertThat(client.statistics().publishes().queue().bytes()).isLessThan(1L << 30);
        }
        return client.statistics().publishes().queue().bytes();
    }

    @Test
    void handlers_run_on_virtual_threads_if_the_application_uses_them() {
        BlockingQueue<String> threads = new LinkedBlockingQueue<>();
        boolean exist = Runtime.version().feature() >= 21;
        application
                .withPropertyValues(
                        "spring.threads.virtual.enabled=true",
                        "godwit.mqtt.embedded-broker.enabled=true",
                        "godwit.mqtt.listener.startup-timeout=20s")
                .run(context -> {
                    MqttClient client = context.getBean(MqttClient.class);
                    client.subscribe(
                            "t", message -> threads.add(Thread.currentThread().getName()));
                    client.publish("t", "");
                    String name = threads.poll(20, TimeUnit.SECONDS);
                    assertThat(name).isNotNull();
                    assertThat(name.startsWith("mqtt-default-")).as(name).isEqualTo(exist);
                });
    }
}
