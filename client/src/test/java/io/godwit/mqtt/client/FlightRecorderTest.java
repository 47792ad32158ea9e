package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.checks.Programs;
import io.godwit.mqtt.client.store.QueueBounds;
import io.godwit.mqtt.protocol.Message;
import io.godwit.testkit.FaultProxy;
import io.godwit.testkit.TestBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.ValueDescriptor;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Events for JDK Flight Recorder")
class FlightRecorderTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    @Test
    void every_event_is_recorded_and_documented() throws Exception {
        Path file = folder.resolve("recording.jfr");
        try (Recording recording = new Recording()) {
            recording.start();
            connectAndLoseTheConnection();
            fillTheQueue();
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().startsWith("io.godwit.mqtt."))
                .toList();

        assertThat(of(events, "Connect")).anySatisfy(event -> {
            assertThat(event.getBoolean("success")).isTrue();
            assertThat(event.getString("client")).isEqualTo("boiler-7");
            assertThat(event.getDuration()).isPositive();
        });
        assertThat(of(events, "Connect"))
                .anySatisfy(event -> assertThat(event.getString("failure")).contains("refused"));
        assertThat(of(events, "Disconnect"))
                .extracting(event -> event.getString("endedBy"))
                .contains("BROKER", "APPLICATION");
        assertThat(of(events, "SlowHandler")).singleElement().satisfies(event -> {
            assertThat(event.getString("topic")).isEqualTo("slow");
            assertThat(event.getDuration()).isGreaterThanOrEqualTo(Duration.ofMillis(20));
        });
        assertThat(of(events, "QueueFull"))
                .singleElement()
                .satisfies(event -> assertThat(event.getInt("messages")).isEqualTo(1));
        assertThat(of(events, "StoreForce")).isNotEmpty();
        assertDocumented(events);
    }

    private void connectAndLoseTheConnection() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (TestBroker broker = TestBroker.start();
                FaultProxy proxy = FaultProxy.to("127.0.0.1", broker.port());
                MqttClient client = MqttClient.builder()
                        .server(proxy.uri())
                        .clientId("boiler-7")
                        .store(new SlowStore(Duration.ofMillis(2)))
                        .reconnect(Reconnect.fixed(Duration.ofMillis(50)))
                        .build()) {
            client.connect();
            client.subscribe("#", message -> {
                if (message.topic().equals("slow")) {
                    try {
                        assertThat(never.await(50, TimeUnit.MILLISECONDS)).isFalse();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
            });
            client.publish(Message.of("fast", "x"));
            client.publish(Message.of("slow", "x"));
            await().atMost(SOON).until(() -> client.statistics().messages().handled() == 2);
            await().atMost(SOON).until(() -> broker.pending("boiler-7").isEmpty()); // or they would come again
            proxy.cut();
            await().atMost(SOON).until(() -> client.statistics().connections().made() == 2);
        }
    }

    private static void fillTheQueue() {
        try (MqttClient client = MqttClient.builder()
                .server("mqtt://127.0.0.1:" + Programs.freePort())
                .retryFirst(true)
                .queue(1, 1_000, QueueBounds.WhenFull.FAIL)
                .closeTimeout(Duration.ofMillis(50))
                .build()) {
            client.connectAsync();
            client.publishAsync("t", "x");
            client.publishAsync("t", "x");
            await().atMost(SOON).until(() -> client.statistics().connections().failedAttempts() > 0);
        }
    }

    private static List<RecordedEvent> of(List<RecordedEvent> events, String name) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals("io.godwit.mqtt." + name))
                .toList();
    }

    /** The table of docs/observability.md has these events with these fields. */
    private static void assertDocumented(List<RecordedEvent> events) throws Exception {
        Map<String, TreeSet<String>> documented = new TreeMap<>();
        Pattern.compile("^\\| `(io\\.godwit\\.mqtt\\.\\w+)` \\|[^|]*\\|([^|]*)\\|", Pattern.MULTILINE)
                .matcher(Files.readString(Path.of("../docs/observability.md")))
                .results()
                .forEach(row -> documented.put(
                        row.group(1),
                        Pattern.compile("`(\\w+)`")
                                .matcher(row.group(2))
                                .results()
                                .map(field -> field.group(1))
                                .collect(Collectors.toCollection(TreeSet::new))));
        Map<String, TreeSet<String>> recorded = new TreeMap<>();
        List<String> common = List.of("startTime", "duration", "eventThread", "stackTrace");
        events.forEach(event -> recorded.put(
                event.getEventType().getName(),
                event.getEventType().getFields().stream()
                        .map(ValueDescriptor::getName)
                        .filter(name -> !common.contains(name))
                        .collect(Collectors.toCollection(TreeSet::new))));
        assertThat(recorded).isEqualTo(documented);
    }
}
