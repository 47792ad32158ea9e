package io.godwit.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.broker.MqttBroker;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.net.Tls;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.web.json.Json;
import io.godwit.web.page.Workspace;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a page asks and gets, with a real broker. */
class PageTest {
    private final MqttBroker broker = MqttBroker.builder()
            .settings(settings -> settings.maximumPacketSize(64 << 20))
            .start();
    private final Workspace workspace = TestPage.workspace(256L << 20, false);
    private final WebServer server = WebServer.start(WebSettings.local(0), workspace);
    private final MqttClient client = MqttClient.builder()
            .server(broker.uri())
            .protocol(ProtocolVersion.V5)
            .build();
    private TestPage page;

    @BeforeEach
    void open() throws Exception {
        client.connect();
        workspace.sources().add(TestPage.plan(broker.uri(), List.of("#")));
        page = new TestPage(server);
        await().until(() -> workspace.sources().get("b1").info().state().label().equals("connected"));
        await().until(() -> broker.connectedClients().stream()
                .anyMatch(each -> !broker.subscriptions(each).isEmpty()));
    }

    @AfterEach
    void close() {
        page.close();
        server.close();
        workspace.close();
        client.close();
        broker.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mqtts://x | {'ca':'/etc/passwd'}                                      | the certificate authority is not in PEM",
                "mqtts://x | {'certificate':'-----BEGIN CERTIFICATE-----'}             | needs its private key",
                "mqtts://x | {'key':'-----BEGIN PRIVATE KEY-----'}                     | needs its client certificate",
                "mqtts://x | {'keyPassword':'secret'}                                  | needs the key",
                "mqtts://x | {'ca':'-----BEGIN CERTIFICATE-----','insecure':true}      | remove one of both",
                "mqtts://x | {'ca':7}                                                  | must be a string",
                "mqtt://x  | {'insecure':true}                                         | use mqtts://",
                "ws://x    | {'insecure':true}                                         | use wss://"
            })
    void options_for_TLS_that_cannot_be_used_are_refused(String address, String tls, String problem) throws Exception {
        Map<String, Object> answer =
                page.ask("addBroker", "\"address\":\"" + address + "\",\"tls\":" + tls.replace('\'', '"'));

        assertThat(String.valueOf(answer.get("error"))).contains(problem).doesNotContain("secret");
        assertThat(workspace.sources().all()).hasSize(1);
    }

    @Test
    void an_address_without_a_scheme_is_one_of_TLS_if_there_are_options_for_it() {
        Workspace.NewBroker plain = new Workspace.NewBroker("plant", null, null, null, null, null, List.of(), null);
        Workspace.NewBroker secure = new Workspace.NewBroker(
                "plant",
                null,
                null,
                null,
                null,
                null,
                List.of(),
                Tls.builder().insecure().build());

        assertThat(plain.server()).hasToString("mqtt://plant:1883");
        assertThat(secure.server()).hasToString("mqtts://plant:8883");
    }

    @Test
    void the_page_receives_the_rows_that_it_shows() throws Exception {
        page.ask("view", "\"broker\":\"b1\",\"tree\":{\"first\":0,\"count\":10}");
        client.publish("plant/boiler/temp", "{\"t\":21.5}");

        Map<String, Object> row = rows(1).get(0);

        assertThat(row).containsEntry("name", "plant").containsEntry("count", 1).containsEntry("open", false);
        page.ask("open", "\"broker\":\"b1\",\"nodes\":[" + row.get("id") + "],\"below\":true");
        Map<String, Object> temp = rows(3).get(2);
        assertThat(temp).containsEntry("name", "temp").containsEntry("depth", 2);
        assertThat(map(temp.get("own"))).containsEntry("text", "{\"t\":21.5}").containsEntry("decoder", "json");
    }

    @Test
    void a_topic_is_shown_with_its_payload_and_properties() throws Exception {
        client.publish(Message.of("a", "{\"t\":1.50}")
                .withContentType("application/json")
                .withUserProperty("site", "north"));

        Map<String, Object> value = map(page.ok("value", at("a")).get("value"));

        assertThat(map(value.get("payload")))
                .containsEntry("text", "{\n  \"t\": 1.50\n}")
                .containsEntry("form", "json");
        assertThat(map(value.get("properties"))).containsEntry("content-type", "application/json");
        page.ask("view", "\"broker\":\"b1\",\"node\":{\"node\":" + node("a") + "}");
        Map<String, Object> node =
                map(page.await(frame -> frame.containsKey("node")).get("node"));
        assertThat(node).containsEntry("topic", "a").containsEntry("kept", 1).containsKey("value");
    }

    @Test
    void history_differences_numbers_and_series_are_served() throws Exception {
        for (int i = 0; i < 5; i++) {
            client.publish("a", "{\"t\":" + i + ",\"on\":true}");
        }

        assertThat(list(page.ok("history", at("a") + ",\"limit\":3").get("values")))
                .hasSize(3);
        assertThat(list(page.ok("diff", at("a")).get("changes")))
                .containsExactly(Map.of("path", "/t", "kind", "changed", "from", "3", "to", "4"));
        assertThat(list(page.ok("paths", at("a")).get("paths")))
                .extracting(each -> map(each).get("path"))
                .containsExactly("/t", "/on");
        assertThat(list(page.ok("series", at("a") + ",\"path\":\"/t\"").get("points")))
                .hasSize(5);
    }

    @Test
    void a_chart_receives_new_points_only() throws Exception {
        client.publish("a", "1");
        long node = node("a");
        page.ask("view", "\"broker\":\"b1\",\"charts\":[{\"key\":\"c\",\"node\":" + node + ",\"path\":\"\"}]");

        client.publish("a", "2");

        Map<String, Object> chart =
                map(list(page.await(frame -> frame.containsKey("charts")).get("charts"))
                        .get(0));
        List<?> points = list(chart.get("points"));
        assertThat(list(points.get(points.size() - 1))).last().isEqualTo(2.0);
    }

    @Test
    void a_message_is_published_and_published_again() throws Exception {
        Map<String, Object> result = page.ok(
                "publish",
                "\"broker\":\"b1\",\"message\":{\"topic\":\"x\",\"payload\":\"hi\",\"qos\":1,\"retain\":true,"
                        + "\"properties\":{\"content-type\":\"text/plain\"}}");

        assertThat(result).containsEntry("reason", "success");
        assertThat(broker.retained("x").contentType()).isEqualTo("text/plain");
        page.ok("republish", at("x") + ",\"topic\":\"y\",\"retain\":true");
        assertThat(broker.retained("y").text()).isEqualTo("hi");
    }

    @Test
    void a_large_payload_is_uploaded_first() throws Exception {
        byte[] payload = new byte[20_000_000];
        payload[7] = 7;
        String answer = page.post("/upload", payload).body();
        String upload = String.valueOf(Json.map(answer).get("upload"));

        page.ok("publish", "\"broker\":\"b1\",\"message\":{\"topic\":\"big\",\"upload\":\"" + upload + "\"}");

        long value = number(map(page.ok("value", at("big")).get("value")).get("value"));
        assertThat(page.get("/payload?broker=b1&value=" + value).body()).isEqualTo(payload);
    }

    @Test
    void retained_messages_are_counted_cleared_and_restored() throws Exception {
        for (int i = 0; i < 120; i++) {
            client.publish(Message.of("old/" + i, "v" + i).withRetain(true));
        }
        client.publish(Message.of("new/1", "stays").withRetain(true));

        Map<String, Object> scan = page.ok("retainedCount", "\"broker\":\"b1\",\"filter\":\"old/#\"");
        assertThat(scan).containsEntry("count", 120);
        Map<String, Object> cleared =
                page.ok("retainedClear", "\"broker\":\"b1\",\"scan\":\"" + scan.get("scan") + "\"");

        assertThat(cleared).containsEntry("cleared", 120).containsEntry("left", 0);
        assertThat(broker.retained("old/7")).isNull();
        assertThat(broker.retained("new/1")).isNotNull();
        assertThat(page.ok("retainedUndo", "\"broker\":\"b1\",\"undo\":\"" + cleared.get("undo") + "\""))
                .containsEntry("restored", 120);
        assertThat(broker.retained("old/7").text()).isEqualTo("v7");
    }

    @Test
    void history_is_exported_as_table_and_as_recording_which_opens_like_a_broker() throws Exception {
        client.publish("a/b", "{\"t\":1}");
        client.publish("a/c", "=2+3");
        node("a/c");

        String csv = new String(
                page.get("/export?broker=b1&node=0&below=1&format=csv&paths=/t").body(), StandardCharsets.UTF_8);
        byte[] recording =
                page.get("/export?broker=b1&node=0&below=1&format=jsonl").body();

        assertThat(csv).startsWith("time,topic,qos,").contains(",a/b,", "\"{\"\"t\"\":1}\",,1\r\n", "\" =2+3\"");
        assertThat(page.post("/recording?name=day.jsonl", recording).body()).contains("\"broker\":\"b2\"");
        await().until(() -> workspace.sources().get("b2").info().state().label().equals("ended"));
        assertThat(map(page.ok("reveal", "\"broker\":\"b2\",\"topic\":\"a/b\"")))
                .containsKey("node");
        assertThat(page.post("/recording?name=x", "nonsense".getBytes(StandardCharsets.UTF_8))
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void what_arrives_is_recorded_until_it_is_stopped() throws Exception {
        String recording = String.valueOf(page.ok("record", "\"broker\":\"b1\"").get("recording"));
        client.publish("a", "1");
        node("a");

        assertThat(page.ok("stopRecording", "\"broker\":\"b1\"")).containsEntry("messages", 1);
        assertThat(new String(page.get("/export?recording=" + recording).body(), StandardCharsets.UTF_8))
                .contains("\"topic\":\"a\"");
    }

    @Test
    void request_and_response_work_over_mqtt_5() throws Exception {
        client.subscribe(
                "ask",
                message -> client.publishAsync(
                        Message.of(message.responseTopic(), "42").withCorrelationData(message.correlationData())));

        Map<String, Object> response =
                page.ok("request", "\"broker\":\"b1\",\"message\":{\"topic\":\"ask\",\"payload\":\"?\"}");

        assertThat(map(map(response.get("value")).get("payload"))).containsEntry("text", "42");
    }

    @Test
    void messages_below_a_node_are_followed_and_what_is_too_much_is_counted() throws Exception {
        page.ask("view", "\"broker\":\"b1\",\"log\":{\"node\":0,\"below\":true,\"count\":2}");
        for (int i = 0; i < 50; i++) {
            client.publishAsync("a/" + i, "x");
        }

        Map<String, Object> log = map(page.await(frame ->
                        frame.containsKey("log") && number(map(frame.get("log")).get("skipped")) > 0)
                .get("log"));

        assertThat(list(log.get("values"))).hasSize(2);
    }

    @Test
    void nonsense_is_refused_in_words() throws Exception {
        assertThat(map(page.ask("jump", "").get("error"))).containsEntry("code", "invalid");
        assertThat(map(page.ask("value", "\"broker\":\"b1\",\"node\":12345").get("error")))
                .containsEntry("code", "gone");
        assertThat(map(page.ask("history", "\"broker\":\"b9\",\"node\":1").get("error")))
                .containsEntry("code", "gone");
        assertThat(map(page.ask("publish", "\"broker\":\"b1\",\"message\":{\"topic\":\"a/#\"}")
                        .get("error")))
                .containsEntry("code", "invalid");
        assertThat(map(page.ask("value", "\"broker\":\"b1\",\"node\":\"x\"").get("error"))
                        .get("text"))
                .isEqualTo("\"node\" must be a number");
    }

    @Test
    void a_broker_that_cannot_be_reached_is_explained() throws Exception {
        page.ok("addBroker", "\"address\":\"mqtt://127.0.0.1:1\",\"name\":\"nobody\"");

        Map<String, Object> frame = page.await(each -> "brokers".equals(each.get("type"))
                && list(each.get("brokers")).size() == 2
                && map(list(each.get("brokers")).get(1)).containsKey("problem"));

        Map<String, Object> problem = map(map(list(frame.get("brokers")).get(1)).get("problem"));
        assertThat(problem).containsEntry("phase", "CONNECT").containsEntry("reason", "REFUSED");
        assertThat(list(problem.get("advice"))).isNotEmpty();
    }

    /** The node of a topic, once its message is there. */
    private long node(String topic) {
        return await().until(
                        () -> {
                            var tree = workspace.sources().get("b1").tree();
                            tree.lock().lock();
                            try {
                                return tree.topic(topic) == null
                                        ? -1L
                                        : tree.topic(topic).id();
                            } finally {
                                tree.lock().unlock();
                            }
                        },
                        id -> id >= 0);
    }

    private String at(String topic) {
        return "\"broker\":\"b1\",\"node\":" + node(topic);
    }

    /** The rows of the next update that has so many. */
    @SuppressWarnings("unchecked")
    private List<Map<String, Object>> rows(int count) throws InterruptedException {
        Map<String, Object> update = page.await(
                frame -> frame.get("tree") instanceof Map<?, ?> tree && ((List<?>) tree.get("rows")).size() == count);
        return (List<Map<String, Object>>) map(update.get("tree")).get("rows");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Object value) {
        return (List<Object>) value;
    }

    private static long number(Object value) {
        return ((Number) value).longValue();
    }
}
