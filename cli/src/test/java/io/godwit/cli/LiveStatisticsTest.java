package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.cli.statistics.ClientGroup;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Message;
import io.godwit.testkit.TestBroker;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --stats} and {@code --metrics} show of the clients of a command. */
@Timeout(180)
class LiveStatisticsTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Pattern PAGE = Pattern.compile("metrics on (http://127\\.0\\.0\\.1:\\d+/metrics)");

    @TempDir
    Path folder;

    @Test
    void the_client_of_sub_is_counted_live() throws Exception {
        try (TestBroker broker = TestBroker.start()) {
            Command sub = Command.godwit(
                    "sub", "-L", broker.uri() + "/t/#", "-i", "watcher", "-q", "1", "--stats", "--metrics", "0");
            broker.awaitSubscribed("watcher", "t/#", SOON);
            broker.publish(Message.of("t/1", "x"));
            broker.publish(Message.of("t/2", "x"));
            sub.awaitError("metrics on http://127.0.0.1:");
            Matcher page = PAGE.matcher(sub.errors());
            assertThat(page.find()).isTrue();

            await().atMost(SOON)
                    .until(() -> get(page.group(1)).body().contains("godwit_handled_total{client=\"watcher\"} 2\n"));

            HttpResponse<String> answer = get(page.group(1));
            assertThat(answer.headers().firstValue("Content-Type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
            assertThat(answer.body())
                    .contains(
                            "godwit_connected{client=\"watcher\"} 1\n",
                            "godwit_messages_received_total{client=\"watcher\",qos=\"1\"} 2\n");
            assertThat(documented()).containsAll(names(answer.body()));
            sub.awaitError("  connected  in ");
            sub.terminate();
        }
    }

    @Test
    void the_page_is_for_this_machine_only_and_half_a_request_holds_up_nobody() throws Exception {
        try (TestBroker broker = TestBroker.start();
                Command sub = Command.godwit("sub", "-L", broker.uri() + "/t/#", "-i", "w", "--metrics", "0")) {
            sub.awaitError("metrics on http://127.0.0.1:");
            Matcher page = PAGE.matcher(sub.errors());
            assertThat(page.find()).isTrue();
            URI address = URI.create(page.group(1));
            List<Socket> halves = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                Socket half = new Socket(address.getHost(), address.getPort());
                half.getOutputStream().write("GET /metr".getBytes(StandardCharsets.US_ASCII));
                halves.add(half);
            }

            assertThat(status(address, "127.0.0.1:" + address.getPort())).startsWith("HTTP/1.1 200 ");
            assertThat(status(address, "attacker.example:" + address.getPort())).startsWith("HTTP/1.1 421 ");
            for (Socket half : halves) {
                half.close();
            }
        }
    }

    private static String status(URI address, String host) throws IOException {
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            socket.setSoTimeout((int) SOON.toMillis());
            socket.getOutputStream()
                    .write(("GET /metrics HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Waits until the page of a command has these lines. */
    private static void awaitLines(Command command, String... lines) throws Exception {
        command.awaitError("metrics on http://127.0.0.1:");
        Matcher page = PAGE.matcher(command.errors());
        assertThat(page.find()).isTrue();
        await().atMost(SOON).untilAsserted(() -> {
            String body = get(page.group(1)).body();
            assertThat(body.lines()).contains(lines);
            assertThat(documented()).containsAll(names(body));
        });
    }

    // ---- every command that runs long ----

    @Test
    void record_serves_its_metrics() throws Exception {
        try (TestBroker broker = TestBroker.start();
                Command record = Command.godwit(
                        "record", "-", "-L", broker.uri(), "-i", "recorder", "-t", "t", "-R", "--metrics", "0")) {
            broker.awaitSubscribed("recorder", "t", SOON);
            broker.publish(Message.of("t", "x"));
            awaitLines(
                    record,
                    "godwit_connected{client=\"recorder\"} 1",
                    "godwit_messages_received_total{client=\"recorder\",qos=\"1\"} 1");
        }
    }

    @Test
    void play_serves_its_metrics() throws Exception {
        Path recording = Files.writeString(folder.resolve("day.jsonl"), """
                {"at":0.0,"topic":"t","qos":1,"payload":"x"}
                {"at":60.0,"topic":"t","qos":1,"payload":"x"}
                """);
        try (TestBroker broker = TestBroker.start();
                Command play = Command.godwit(
                        "play", recording.toString(), "-L", broker.uri(), "-i", "player", "--metrics", "0")) {
            awaitLines(
                    play,
                    "godwit_publish_ended_total{client=\"player\",qos=\"1\",outcome=\"acknowledged\"} 1",
                    "godwit_publish_ended_total{client=\"player\",qos=\"0\",outcome=\"acknowledged\"} 0");
        }
    }

    @Test
    void reply_serves_its_metrics_and_prints_its_figures() throws Exception {
        try (TestBroker broker = TestBroker.start();
                Command reply = Command.godwit(
                        "reply", "-L", broker.uri(), "-i", "r", "-t", "ask", "--echo", "--stats", "--metrics", "0")) {
            reply.awaitError("answering requests");
            Command.godwit("request", "-L", broker.uri(), "-t", "ask", "-m", "x")
                    .ends(0);
            awaitLines(
                    reply,
                    "godwit_connected{client=\"r\"} 1",
                    "godwit_publish_accepted_total{client=\"r\",qos=\"0\"} 1");
            reply.awaitError("  connected  in ");
        }
    }

    @Test
    void bridge_serves_and_prints_both_sides() throws Exception {
        Path rules = Files.writeString(folder.resolve("rules.toml"), "[[topic]]\nfilter = \"#\"\n");
        try (TestBroker a = TestBroker.start();
                TestBroker b = TestBroker.start();
                Command bridge = Command.godwit(
                        "bridge",
                        a.uri(),
                        b.uri(),
                        "--rules",
                        rules.toString(),
                        "--name",
                        "ab",
                        "--store",
                        folder.resolve("store").toString(),
                        "--stats",
                        "--metrics",
                        "0")) {
            bridge.awaitError("is up");
            a.publish(Message.of("t", "x"));
            awaitLines(
                    bridge,
                    "godwit_connected{client=\"ab-A\"} 1",
                    "godwit_connected{client=\"ab-B\"} 1",
                    "godwit_messages_received_total{client=\"ab-A\",qos=\"1\"} 1",
                    "godwit_publish_ended_total{client=\"ab-B\",qos=\"1\",outcome=\"acknowledged\"} 1");
            bridge.awaitError("ab-B  ");
        }
    }

    @Test
    void bench_serves_the_sum_of_its_clients() throws Exception {
        try (TestBroker broker = TestBroker.start();
                Command bench = Command.godwit(
                        "bench",
                        "-L",
                        broker.uri(),
                        "-i",
                        "load",
                        "--publishers",
                        "2",
                        "--rate",
                        "10",
                        "--duration",
                        "1m",
                        "--metrics",
                        "0")) {
            awaitLines(bench, "godwit_connected{client=\"load\"} 3", "godwit_connections_total{client=\"load\"} 3");
        }
    }

    @Test
    void simulate_serves_the_sum_of_its_devices() throws Exception {
        Path fleet = Files.writeString(
                folder.resolve("fleet.yaml"), "publish: [{topic: \"t/${id}\", payload: x, every: 100ms}]");
        try (TestBroker broker = TestBroker.start();
                Command simulate = Command.godwit(
                        "simulate", fleet.toString(), "-L", broker.uri(), "--count", "4", "--metrics", "0")) {
            awaitLines(simulate, "godwit_connected{client=\"simulate\"} 4");
        }
    }

    @Test
    void run_serves_the_sum_of_the_clients_of_its_scripts() throws Exception {
        Path script = Files.writeString(folder.resolve("init.lua"), """
                m = mqtt.Client("device" .. node.chipid(), 60)
                m:connect("broker.example", 1883, false, function(c) c:publish("t", "x", 1, 0) end)
                """);
        try (Command run = Command.godwit("run", script.toString(), "--broker", "--count", "3", "--metrics", "0")) {
            awaitLines(
                    run,
                    "godwit_connected{client=\"run\"} 3",
                    "godwit_publish_ended_total{client=\"run\",qos=\"1\",outcome=\"acknowledged\"} 3");
        }
        assertThat(Command.godwit("run", script.toString(), "--virtual", "--for", "1s", "--metrics", "0")
                        .ends(2)
                        .errors())
                .contains("omit --virtual");
    }

    @Test
    void counters_of_clients_that_are_closed_stay_in_the_sum() {
        ClientGroup group = new ClientGroup("all");
        try (TestBroker broker = TestBroker.start()) {
            for (int i = 0; i < 2; i++) {
                try (MqttClient client = MqttClient.builder()
                        .server(broker.uri())
                        .listener(group)
                        .build()) {
                    client.connect();
                    client.publish("t", "x");
                    assertThat(group.connected()).isEqualTo(1);
                }
            }
        }
        assertThat(group.connected()).isZero();
        assertThat(group.statistics().publishes().acknowledged().total()).isEqualTo(2);
        assertThat(group.statistics().connections().made()).isEqualTo(2);
    }

    private static HttpResponse<String> get(String page) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(page)).build(), BodyHandlers.ofString());
    }

    /** The names of the page as Micrometer has them. */
    private static Set<String> names(String page) {
        return Pattern.compile("^# TYPE (\\w+) ", Pattern.MULTILINE)
                .matcher(page)
                .results()
                .map(type -> type.group(1)
                        .replaceAll("_total$", "")
                        .replaceAll("_(bytes|seconds)$", "")
                        .replace('_', '.'))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> documented() throws Exception {
        return Pattern.compile("^\\| `(godwit\\.[a-z.]+)` \\|", Pattern.MULTILINE)
                .matcher(Files.readString(Path.of("../docs/observability.md")))
                .results()
                .map(row -> row.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void a_port_that_is_taken_is_an_error() {
        try (TestBroker broker = TestBroker.start()) {
            Command sub = Command.godwit("sub", "-L", broker.uri() + "/t", "--metrics", String.valueOf(broker.port()));
            assertThat(sub.ends(2).errors()).contains("cannot serve metrics on 127.0.0.1:" + broker.port());
        }
    }
}
