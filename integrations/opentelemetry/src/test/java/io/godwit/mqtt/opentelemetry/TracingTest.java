package io.godwit.mqtt.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.checks.Mosquitto;
import io.godwit.checks.Programs;
import io.godwit.mqtt.client.FailurePolicy;
import io.godwit.mqtt.client.HandlerOptions;
import io.godwit.mqtt.client.MessageHandler;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.testkit.FaultProxy;
import io.godwit.testkit.TestBroker;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Spans of a client")
class TracingTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                    .build())
            .build();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        sdk.close();
    }

    private static MqttClientBuilder builder(String server, MqttTracing tracing) {
        return MqttClient.builder()
                .server(server)
                .protocol(ProtocolVersion.V5)
                .clientId("boiler-7")
                .reconnect(Reconnect.fixed(Duration.ofMillis(20)))
                .closeTimeout(Duration.ofMillis(200))
                .listener(tracing);
    }

    private SpanData awaitSpan(String name) {
        await(name).atMost(SOON).until(() -> spans(name).size() == 1);
        return spans(name).get(0);
    }

    private List<SpanData> spans(String name) {
        return exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals(name))
                .toList();
    }

    @Test
    void a_publisher_and_a_consumer_in_two_processes_are_joined_into_one_trace() throws Exception {
        assumeTrue(Mosquitto.isInstalled(), "mosquitto is not installed");
        try (Mosquitto mosquitto = Mosquitto.start(folder);
                FaultProxy proxy = FaultProxy.to("127.0.0.1", mosquitto.port());
                MqttClient consumer = builder("mqtt://127.0.0.1:" + mosquitto.port(), MqttTracing.create(sdk))
                        .clientId("consumer")
                        .build()) {
            consumer.connect();
            consumer.subscribe("boiler/#", message -> Span.current().addEvent("in the handler"));
            Process publisher = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            PublishingProgram.class.getName(),
                            proxy.uri())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            List<String> lines = new String(
                            publisher.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            assertThat(publisher.waitFor(30, TimeUnit.SECONDS)).isTrue();
            // as the in-memory exporter of that process had it: trace, span, parent, name
            String[] published = lines.get(0).split(" ");

            SpanData process = awaitSpan("process");

            assertThat(published[3]).isEqualTo("publish");
            assertThat(process.getTraceId()).isEqualTo(published[0]);
            assertThat(process.getParentSpanId()).isEqualTo(published[1]);
            assertThat(process.getLinks())
                    .singleElement()
                    .satisfies(link ->
                            assertThat(link.getSpanContext().getSpanId()).isEqualTo(published[1]));
            assertThat(process.getKind()).isEqualTo(SpanKind.CONSUMER);
            assertThat(process.getEvents())
                    .singleElement()
                    .satisfies(event -> assertThat(event.getName()).isEqualTo("in the handler"));
        }
    }

    @Test
    void a_publish_is_a_child_of_the_current_span_and_ends_with_its_acknowledgement_after_a_cut() throws Exception {
        assumeTrue(Mosquitto.isInstalled(), "mosquitto is not installed");
        try (Mosquitto mosquitto = Mosquitto.start(folder);
                FaultProxy proxy = FaultProxy.to("127.0.0.1", mosquitto.port());
                MqttClient client = builder(proxy.uri(), MqttTracing.create(sdk))
                        .cleanSession(false)
                        .build()) {
            client.connect();
            proxy.blackhole();
            Span parent = sdk.getTracer("test").spanBuilder("request").startSpan();
            CompletableFuture<?> sent;
            try (Scope scope = parent.makeCurrent()) {
                assertThat(scope).isNotNull();
                sent = client.publishAsync(Message.of("boiler/7/temp", "71.5").withRetain(true));
            }
            parent.end();
            assertThat(spans("publish")).isEmpty();
            proxy.heal();
            proxy.cut();
            sent.get(10, TimeUnit.SECONDS);

            SpanData publish = awaitSpan("publish");

            assertThat(publish.getParentSpanId())
                    .isEqualTo(parent.getSpanContext().getSpanId());
            assertThat(publish.getKind()).isEqualTo(SpanKind.PRODUCER);
            assertThat(publish.getEvents().stream().map(event -> event.getName()))
                    .containsExactly("sent", "sent again");
            assertThat(publish.getAttributes().get(MessageAttributes.SYSTEM)).isEqualTo("mqtt");
            assertThat(publish.getAttributes().get(MessageAttributes.OPERATION_TYPE))
                    .isEqualTo("send");
            assertThat(publish.getAttributes().get(MessageAttributes.DESTINATION))
                    .isEqualTo("boiler/7/temp");
            assertThat(publish.getAttributes().get(MessageAttributes.CLIENT_ID)).isEqualTo("boiler-7");
            assertThat(publish.getAttributes().get(MessageAttributes.BODY_SIZE)).isEqualTo(4);
            assertThat(publish.getAttributes().get(MessageAttributes.SERVER_ADDRESS))
                    .isEqualTo("127.0.0.1");
            assertThat(publish.getAttributes().get(MessageAttributes.SERVER_PORT))
                    .isEqualTo(proxy.port());
            assertThat(publish.getAttributes().get(MessageAttributes.QOS)).isEqualTo(1);
            assertThat(publish.getAttributes().get(MessageAttributes.RETAIN)).isTrue();
            assertDocumented(publish);
        }
    }

    @Test
    void each_failure_ends_its_span_with_an_error() {
        MqttTracing tracing = MqttTracing.builder(sdk).topics(topic -> topic).build();
        try (MqttClient client = builder("mqtt://127.0.0.1:" + Programs.freePort(), tracing)
                .retryFirst(true)
                .build()) {
            client.publishAsync("early", "x");
            client.connectAsync();
            client.publishAsync(Message.of("expired", "x").withExpiry(Duration.ofSeconds(1)));
            client.publishAsync("cancelled", "x").cancel(false);
            awaitSpan("publish expired");
            client.publishAsync("closed", "x");
        }
        assertError("publish early", "io.godwit.mqtt.client.NotConnectedException");
        assertError("publish expired", "expired");
        assertError("publish cancelled", "cancelled");
        assertError("publish closed", "io.godwit.mqtt.client.ClientClosedException");
    }

    private void assertError(String name, String type) {
        SpanData span = awaitSpan(name);
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(span.getAttributes().get(MessageAttributes.ERROR_TYPE)).isEqualTo(type);
    }

    @Test
    void a_handler_that_throws_ends_its_span_with_the_exception() {
        try (TestBroker broker = TestBroker.start();
                MqttClient client =
                        builder(broker.uri(), MqttTracing.create(sdk)).build()) {
            client.connect();
            client.subscribe("t", message -> {
                throw new IllegalStateException("x");
            });
            broker.publish(Message.of("t", "x"));

            assertError("process", "java.lang.IllegalStateException");
            assertThat(spans("process").get(0).getEvents()).hasSize(1);
        }
    }

    @Test
    void messages_that_are_published_as_a_batch_have_a_span_each() {
        try (TestBroker broker = TestBroker.start();
                MqttClient client =
                        builder(broker.uri(), MqttTracing.create(sdk)).build()) {
            client.connect();

            client.publishAll(List.of(Message.of("a", "1"), Message.of("b", "2").withQos(Qos.AT_MOST_ONCE)));

            await().atMost(SOON).until(() -> spans("publish").size() == 2);
            assertThat(spans("publish"))
                    .allSatisfy(
                            span -> assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET))
                    .extracting(SpanData::getSpanId)
                    .doesNotHaveDuplicates();
            assertThat(broker.awaitMessages(2, SOON))
                    .allSatisfy(
                            seen -> assertThat(seen.message().userProperties()).isNotEmpty());
        }
    }

    @Test
    void messages_of_a_batch_have_a_span_each_and_none_is_left_on_the_thread() {
        List<SpanContext> current = new CopyOnWriteArrayList<>();
        try (TestBroker broker = TestBroker.start();
                MqttClient client =
                        builder(broker.uri(), MqttTracing.create(sdk)).build()) {
            client.connect();
            client.subscribeBatches(
                    "t",
                    3,
                    Duration.ofSeconds(10),
                    messages -> current.add(Span.current().getSpanContext()));
            for (int i = 0; i < 6; i++) {
                client.publish("t", "x");
            }
            await().atMost(SOON).until(() -> spans("process").size() == 6);
        }
        assertThat(current).hasSize(2).allMatch(each -> !each.isValid());
    }

    @Test
    void a_handler_that_is_called_again_is_in_the_same_span_and_leaves_it() {
        for (int concurrency : List.of(1, 4)) {
            exporter.reset();
            List<SpanContext> current = new CopyOnWriteArrayList<>();
            HandlerOptions options = HandlerOptions.defaults()
                    .withConcurrency(concurrency)
                    .withFailurePolicy(FailurePolicy.retry(
                            1, Duration.ofMillis(1), Duration.ofMillis(1), FailurePolicy.acknowledge()));
            try (TestBroker broker = TestBroker.start();
                    MqttClient client = builder(broker.uri(), MqttTracing.create(sdk))
                            .handlerOptions(options)
                            .build()) {
                client.connect();
                client.subscribe("t", message -> {
                    current.add(Span.current().getSpanContext());
                    if (current.size() == 1) {
                        throw new IllegalStateException("not yet");
                    }
                });
                client.publish("t", "x");

                SpanData process = awaitSpan("process");

                assertThat(process.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
                assertThat(current).hasSize(2).allMatch(each -> each.getSpanId().equals(process.getSpanId()));
                client.publish("t", "x");
                await().atMost(SOON).until(() -> spans("process").size() == 2);
                assertThat(current.get(2).getTraceId()).isNotEqualTo(process.getTraceId());
            }
        }
    }

    @Test
    void a_message_that_is_forwarded_has_one_context_the_new_one() {
        MqttTracing tracing = MqttTracing.builder(sdk).topics(topic -> topic).build();
        try (TestBroker broker = TestBroker.start();
                MqttClient client = builder(broker.uri(), tracing).build()) {
            client.connect();
            client.subscribe("in", message -> client.publishAsync(message.withTopic("out")));
            client.subscribe("out", Qos.AT_LEAST_ONCE, (MessageHandler)
                    message -> assertThat(message.userProperties()).hasSize(1));
            client.publish("in", "x");

            SpanData last = awaitSpan("process out");
            assertThat(last.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
            assertThat(last.getParentSpanId())
                    .isEqualTo(awaitSpan("publish out").getSpanId());
            assertThat(awaitSpan("publish out").getParentSpanId())
                    .isEqualTo(awaitSpan("process in").getSpanId());
            assertThat(last.getTraceId()).isEqualTo(awaitSpan("publish in").getTraceId());
        }
    }

    @Test
    void links_alone_leave_each_consumer_a_trace_of_its_own() {
        MqttTracing tracing = MqttTracing.builder(sdk).linkOnly().build();
        try (TestBroker broker = TestBroker.start();
                MqttClient client = builder(broker.uri(), tracing).build()) {
            client.connect();
            client.subscribe("t", message -> {});
            client.publish("t", "x");

            SpanData process = awaitSpan("process");
            SpanData publish = awaitSpan("publish");
            assertThat(process.getTraceId()).isNotEqualTo(publish.getTraceId());
            assertThat(process.getLinks().get(0).getSpanContext().getSpanId()).isEqualTo(publish.getSpanId());
        }
    }

    @Test
    void before_version_5_there_are_spans_without_propagation() {
        try (TestBroker broker = TestBroker.start();
                MqttClient client = builder(broker.uri(), MqttTracing.create(sdk))
                        .protocol(ProtocolVersion.V3_1_1)
                        .build()) {
            client.connect();
            client.subscribe("t", message -> {});
            Message same = Message.of("t", "x");
            client.publish(same);
            client.publish(same);

            await().atMost(SOON)
                    .until(() ->
                            spans("publish").size() == 2 && spans("process").size() == 2);
            assertThat(spans("process")).allMatch(span -> span.getLinks().isEmpty());
        }
    }

    /** The attributes of the document are those of the code. */
    private static void assertDocumented(SpanData publish) throws Exception {
        Set<String> documented = new TreeSet<>();
        Matcher rows = Pattern.compile("^\\| `((?:messaging|server|error)\\.[a-z_.]+)` \\|", Pattern.MULTILINE)
                .matcher(Files.readString(Path.of("../../docs/observability.md")));
        rows.results().forEach(row -> documented.add(row.group(1)));
        Set<String> declared = new TreeSet<>();
        for (var field : MessageAttributes.class.getDeclaredFields()) {
            if (AttributeKey.class.isAssignableFrom(field.getType())) {
                declared.add(((AttributeKey<?>) field.get(null)).getKey());
            }
        }
        assertThat(documented).isEqualTo(declared);
        publish.getAttributes().forEach((key, value) -> assertThat(documented).contains(key.getKey()));
    }
}
