package io.godwit.benchmarks.godwit;

import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.micrometer.MqttMetrics;
import io.godwit.mqtt.opentelemetry.MqttMeters;
import io.godwit.mqtt.opentelemetry.MqttTracing;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;

/** What listens to a client in some runs. In a class of its own, so that no other run loads anything of it. */
final class Observers {

    private Observers() {}

    static void add(MqttClientBuilder builder, String name) {
        if (name.equals("micrometer")) {
            builder.listener(MqttMetrics.create(new SimpleMeterRegistry()));
            return;
        }
        OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(
                                BatchSpanProcessor.builder(new NoExporter()).build())
                        .build())
                .build();
        builder.listener(MqttTracing.create(sdk)).listener(MqttMeters.create(sdk));
    }
}
