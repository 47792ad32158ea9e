package io.godwit.mqtt.opentelemetry;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;

/** Publishes one message and prints its span: trace, span, parent and name. */
final class PublishingProgram {
    private PublishingProgram() {}

    public static void main(String[] arguments) {
        InMemorySpanExporter exporter = InMemorySpanExporter.create();
        try (OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
                        .setTracerProvider(SdkTracerProvider.builder()
                                .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                                .build())
                        .build();
                MqttClient client = MqttClient.builder()
                        .server(arguments[0])
                        .protocol(ProtocolVersion.V5)
                        .clientId("publisher")
                        .listener(MqttTracing.create(sdk))
                        .build()) {
            client.connect();
            client.publish("boiler/7/temp", "71.5");
            exporter.getFinishedSpanItems()
                    .forEach(span -> System.out.println(span.getTraceId() + " " + span.getSpanId() + " "
                            + span.getParentSpanId() + " " + span.getName()));
        }
    }
}
