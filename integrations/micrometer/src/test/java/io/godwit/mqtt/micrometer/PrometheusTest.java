package io.godwit.mqtt.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.godwit.checks.Mosquitto;
import io.godwit.checks.Programs;
import io.godwit.testkit.FaultProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A real Prometheus")
class PrometheusTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Pattern ALERT = Pattern.compile("- alert: (\\w+)");

    @TempDir
    Path folder;

    @Test
    void scrapes_a_client_and_alerts_when_its_broker_is_cut_off() throws Exception {
        assumeTrue(Mosquitto.isInstalled(), "mosquitto is not installed");
        assumeTrue(Programs.find("prometheus").isPresent(), "prometheus is not installed");
        String rules = Files.readString(Path.of("prometheus/alerts.yml"));
        // The test cannot wait for minutes.
        Path soon = Files.writeString(folder.resolve("alerts.yml"), rules.replaceAll("for: \\w+", "for: 1s"));
        try (Mosquitto mosquitto = Mosquitto.start(folder);
                FaultProxy proxy = FaultProxy.to("127.0.0.1", mosquitto.port());
                RunningExample example = new RunningExample(proxy.uri());
                Prometheus prometheus = new Prometheus(folder, example.port(), soon)) {
            String loaded = prometheus.get("/api/v1/rules");
            ALERT.matcher(rules).results().forEach(alert -> assertThat(loaded).contains(alert.group(1)));
            await("a scrape")
                    .atMost(SOON)
                    .until(() -> prometheus.query("godwit_connected == 1").contains("boiler-7"));
            await("two scrapes apart")
                    .atMost(SOON)
                    .until(() -> prometheus
                            .query("rate(godwit_publish_accepted_total[10s]) > 0")
                            .contains("boiler-7"));
            assertThat(prometheus.get("/api/v1/alerts")).doesNotContain("GodwitDisconnected");

            proxy.refuse();
            proxy.cut();
            await("the alert").atMost(SOON).until(() -> {
                String alerts = prometheus.get("/api/v1/alerts");
                return alerts.contains("GodwitDisconnected") && alerts.contains("\"firing\"");
            });
            assertQueriesAnswered(prometheus);

            proxy.accept();
            await("the end of the alert")
                    .atMost(SOON)
                    .until(() -> !prometheus.get("/api/v1/alerts").contains("GodwitDisconnected"));
        }
    }

    /** Each query of the dashboard is valid and has a result. */
    private static void assertQueriesAnswered(Prometheus prometheus) throws IOException {
        List<String> queries = queries();
        assertThat(queries).hasSizeGreaterThan(20);
        for (String query : queries) {
            String answer = prometheus.query(query.replace("$client", ".*").replace("$__rate_interval", "1m"));
            assertThat(answer).as(query).contains("\"status\":\"success\"").contains("\"client\":\"boiler-7\"");
        }
    }

    private static List<String> queries() throws IOException {
        List<String> queries = new ArrayList<>();
        try (JsonParser json =
                new JsonFactory().createParser(Path.of("grafana/godwit.json").toFile())) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.FIELD_NAME && json.currentName().equals("expr")) {
                    queries.add(json.nextTextValue());
                }
            }
        }
        return queries;
    }
}
