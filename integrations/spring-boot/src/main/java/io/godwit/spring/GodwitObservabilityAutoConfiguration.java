package io.godwit.spring;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.micrometer.MqttMetrics;
import io.godwit.mqtt.opentelemetry.MqttTracing;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Metrics if the application has {@code godwit-micrometer} and a meter registry, traces with {@code godwit-opentelemetry}. */
@AutoConfiguration(
        before = GodwitAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration",
            "org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration",
            "org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration"
        })
@ConditionalOnClass(MqttClient.class)
public class GodwitObservabilityAutoConfiguration {
    /** Meters of all clients. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({MeterRegistry.class, MqttMetrics.class})
    @ConditionalOnBooleanProperty(name = "godwit.mqtt.metrics.enabled", matchIfMissing = true)
    static class Metrics {
        @Bean
        @ConditionalOnSingleCandidate(MeterRegistry.class)
        @ConditionalOnMissingBean
        MqttMetrics mqttMetrics(MeterRegistry registry, GodwitProperties properties) {
            return MqttMetrics.builder(registry)
                    .timers(properties.getMetrics().isTimers())
                    .build();
        }
    }

    /** Spans of all clients. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({OpenTelemetry.class, MqttTracing.class})
    @ConditionalOnBooleanProperty(name = "godwit.mqtt.tracing.enabled", matchIfMissing = true)
    static class Tracing {
        @Bean
        @ConditionalOnSingleCandidate(OpenTelemetry.class)
        @ConditionalOnMissingBean
        MqttTracing mqttTracing(OpenTelemetry openTelemetry) {
            return MqttTracing.create(openTelemetry);
        }
    }
}
