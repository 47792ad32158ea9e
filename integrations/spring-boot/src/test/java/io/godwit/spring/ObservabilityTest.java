package io.godwit.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.broker.MqttBroker;
import io.godwit.mqtt.client.ClientListener;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.micrometer.MqttMetrics;
import io.godwit.mqtt.opentelemetry.MqttTracing;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Metrics and traces appear when the application has what they need, and nothing of them is needed otherwise. */
class ObservabilityTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final ApplicationContextRunner plain = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(GodwitAutoConfiguration.class, GodwitObservabilityAutoConfiguration.class))
            .withPropertyValues("godwit.mqtt.embedded-broker.enabled=true", "godwit.mqtt.client-id=application");

    /** With what Spring Boot itself configures. */
    private final ApplicationContextRunner application = plain.withConfiguration(AutoConfigurations.of(
            MetricsAutoConfiguration.class,
            CompositeMeterRegistryAutoConfiguration.class,
            SimpleMetricsExportAutoConfiguration.class,
            OpenTelemetrySdkAutoConfiguration.class));

    static class Listener {
        @MqttListener("boiler/{id}/temp")
        void reading(String text) {}
    }

    @Test
    void meters_are_in_the_registry_that_Spring_Boot_configures() {
        application.run(context -> {
            context.getBean(MqttClient.class).publish("boiler/7/temp", "71.5");

            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(registry.get("godwit.connected")
                            .tag("client", "application")
                            .gauge()
                            .value())
                    .isEqualTo(1);
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(
                                    registry.get("godwit.publish").timer().count())
                            .isEqualTo(1));
        });
    }

    @Test
    void meters_can_do_without_timers_or_be_turned_off() {
        application.withPropertyValues("godwit.mqtt.metrics.timers=false").run(context -> {
            context.getBean(MqttClient.class).publish("boiler/7/temp", "71.5");
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(registry.find("godwit.publish").timer()).isNull();
            assertThat(registry.find("godwit.publish.accepted").functionCounters())
                    .isNotEmpty();
        });
        application
                .withPropertyValues("godwit.mqtt.metrics.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(MqttMetrics.class));
    }

    @Test
    void metrics_of_the_application_take_the_place_of_ours() {
        MqttMetrics own = MqttMetrics.create(new SimpleMeterRegistry());
        application
                .withBean(MqttMetrics.class, () -> own)
                .run(context -> assertThat(
                                context.getBeansOfType(ClientListener.class).values())
                        .contains(own)
                        .hasSize(2));
    }

    @Test
    void the_span_of_a_listener_continues_the_trace_of_the_publish() {
        InMemorySpanExporter spans = InMemorySpanExporter.create();
        application
                .withBean(
                        SdkTracerProvider.class,
                        () -> SdkTracerProvider.builder()
                                .addSpanProcessor(SimpleSpanProcessor.create(spans))
                                .build())
                .withBean(Listener.class)
                .run(context -> {
                    assertThat(context).hasSingleBean(MqttTracing.class);
                    context.getBean(MqttTemplate.class).send("boiler/7/temp", "71.5");

                    await().atMost(LIMIT)
                            .untilAsserted(() -> assertThat(spans.getFinishedSpanItems())
                                    .extracting(SpanData::getName)
                                    .containsExactlyInAnyOrder("publish", "process"));
                    assertThat(spans.getFinishedSpanItems())
                            .extracting(SpanData::getTraceId)
                            .containsOnly(spans.getFinishedSpanItems().get(0).getTraceId());
                });
    }

    @Test
    void without_a_registry_and_a_tracer_there_are_neither_metrics_nor_traces() {
        plain.run(context -> assertThat(context)
                .hasNotFailed()
                .hasSingleBean(MqttBroker.class)
                .doesNotHaveBean(ClientListener.class));
    }

    @Test
    void a_tracer_alone_is_enough_for_traces_and_they_can_be_turned_off() {
        plain.withBean(OpenTelemetry.class, OpenTelemetry::noop)
                .run(context ->
                        assertThat(context).hasSingleBean(MqttTracing.class).doesNotHaveBean(MqttMetrics.class));
        plain.withBean(OpenTelemetry.class, OpenTelemetry::noop)
                .withPropertyValues("godwit.mqtt.tracing.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(MqttTracing.class));
    }

    @Test
    void nothing_of_it_is_needed_on_the_class_path() {
        plain.withClassLoader(new FilteredClassLoader(
                        "io.micrometer",
                        "io.opentelemetry",
                        "io.godwit.mqtt.micrometer",
                        "io.godwit.mqtt.opentelemetry",
                        "io.godwit.mqtt.store",
                        "tools.jackson",
                        "org.springframework.boot.health",
                        "org.reactivestreams",
                        "kotlin"))
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(MqttClient.class));
    }
}
