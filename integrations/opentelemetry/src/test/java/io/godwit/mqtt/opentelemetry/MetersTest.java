package io.godwit.mqtt.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.testkit.TestBroker;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Metrics of a client with OpenTelemetry")
class MetersTest {
    @Test
    void have_the_names_of_the_document_and_the_values_of_the_statistics() throws Exception {
        InMemoryMetricReader reader = InMemoryMetricReader.create();
        try (OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
                        .setMeterProvider(SdkMeterProvider.builder()
                                .registerMetricReader(reader)
                                .build())
                        .build();
                TestBroker broker = TestBroker.start();
                MqttClient client = MqttClient.builder()
                        .server(broker.uri())
                        .clientId("boiler-7")
                        .reconnect(Reconnect.fixed(Duration.ofMillis(100)))
                        .listener(MqttMeters.create(sdk))
                        .build()) {
            client.connect();
            client.subscribe("t", message -> {});
            client.publish("t", "x");
            broker.goOffline();
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> client.statistics().connections().failedAttempts() > 0);
            broker.goOnline();
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> client.statistics().connections().made() == 2);

            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
                Set<String> names = reader.collectAllMetrics().stream()
                        .map(MetricData::getName)
                        .collect(Collectors.toCollection(TreeSet::new));
                assertThat(names).contains("godwit.publish", "godwit.handler", "godwit.connections.lost");
                assertThat(documented()).containsAll(names);
            });
            assertThat(reader.collectAllMetrics())
                    .filteredOn(metric -> metric.getName().equals("godwit.handled"))
                    .allSatisfy(metric -> assertThat(metric.getLongSumData().getPoints())
                            .singleElement()
                            .satisfies(point -> assertThat(point.getValue()).isEqualTo(1)));
        }
    }

    private static Set<String> documented() throws Exception {
        return Pattern.compile("^\\| `(godwit\\.[a-z.]+)` \\|", Pattern.MULTILINE)
                .matcher(Files.readString(Path.of("../../docs/observability.md")))
                .results()
                .map(row -> row.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
