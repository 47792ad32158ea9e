package io.godwit.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.broker.MqttBroker;
import io.godwit.mqtt.client.MqttClient;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Which broker the default client connects to. */
class ServiceConnectionTest {
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(GodwitAutoConfiguration.class))
            .withPropertyValues("godwit.mqtt.client-id=application");

    @Configuration(proxyBeanMethods = false)
    static class WithBroker {
        @Bean
        @MqttServiceConnection
        MqttBroker broker() {
            return MqttBroker.start();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class WithAnother {
        @Bean
        @MqttServiceConnection
        MqttBroker another() {
            return MqttBroker.start();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class WithUnmarked {
        @Bean
        MqttBroker unmarked() {
            return MqttBroker.start();
        }
    }

    @Test
    void a_broker_with_the_annotation_takes_the_place_of_the_servers() {
        application
                .withUserConfiguration(WithBroker.class)
                .withPropertyValues("godwit.mqtt.servers=mqtt://127.0.0.1:1")
                .run(context -> await().atMost(Duration.ofSeconds(20))
                        .untilAsserted(() -> assertThat(
                                        context.getBean(MqttBroker.class).connectedClients())
                                .containsExactly("application")));
    }

    @Test
    void a_broker_without_it_does_not() {
        application
                .withUserConfiguration(WithUnmarked.class)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(MqttClient.class));
    }

    @Test
    void two_of_them_are_an_error() {
        application
                .withUserConfiguration(WithBroker.class, WithAnother.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessage("several beans have @MqttServiceConnection, but the default client has one broker:"
                                + " broker, another"));
    }

    @Test
    void nothing_of_it_needs_the_broker_on_the_class_path() {
        application
                .withClassLoader(new FilteredClassLoader("io.godwit.mqtt.broker"))
                .withPropertyValues("godwit.mqtt.servers=mqtt://127.0.0.1:1", "godwit.mqtt.listener.startup-timeout=0s")
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(MqttClient.class));
    }
}
