package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.protocol.Message;
import io.godwit.testkit.TestBroker;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What {@code sub --stats} and {@code --metrics} show of the client. */
class LiveStatisticsTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Pattern PAGE = Pattern.compile("metrics on (http://127\\.0\\.0\\.1:\\d+/metrics)");

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
