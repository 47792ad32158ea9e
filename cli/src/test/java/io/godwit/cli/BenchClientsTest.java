package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.testkit.SeenMessage;
import io.godwit.testkit.TestBroker;
import io.godwit.web.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code bench} with payloads, identities and brokers of the user's own, and with connections that are cut. */
@Timeout(180)
class BenchClientsTest {
    @TempDir
    Path folder;

    private final TestBroker broker = TestBroker.start();

    @AfterEach
    void stop() {
        broker.close();
    }

    private Command bench(String... words) {
        List<String> all = new ArrayList<>(List.of("bench", "-h", broker.uri(), "--json"));
        all.addAll(List.of(words));
        return Command.godwit(all.toArray(String[]::new));
    }

    /** What the JSON result has at this place. */
    private static Object at(Command bench, String pointer) {
        Object found = Json.map(bench.output());
        for (JsonPointer at = JsonPointer.compile(pointer); !at.matches(); at = at.tail()) {
            found = ((Map<?, ?>) found).get(at.getMatchingProperty());
        }
        return found;
    }

    private static void assertNumber(Command bench, String pointer, long expected) {
        assertThat(((Number) at(bench, pointer)).longValue())
                .as(pointer + " in " + bench.output())
                .isEqualTo(expected);
    }

    // ---- payloads ----

    @Test
    void payloads_of_ones_own_are_filled_in_and_checked_with_mqtt_5() {
        Command bench = bench(
                "-V", "5", "-q", "1", "-i", "load", "-t", "t", "-C", "20", "-m", "{{client}} {{i}} {{random 5 5}}");

        bench.ends(0);
        assertNumber(bench, "/received/unique", 20);
        assertNumber(bench, "/received/lost", 0);
        assertNumber(bench, "/latency/endToEnd/count", 20);
        assertThat(broker.messages())
                .extracting(SeenMessage::text)
                .contains("load-1 1 5", "load-1 20 5")
                .hasSize(20);
    }

    @Test
    void before_mqtt_5_they_are_counted() {
        Command bench = bench("-q", "1", "-t", "t", "-C", "20", "-m", "{{i}}");

        bench.ends(0);
        assertNumber(bench, "/received/received", 20);
        assertNumber(bench, "/received/lost", 0);
        assertNumber(bench, "/latency/endToEnd/count", 0);
    }

    @Test
    void the_files_of_a_folder_are_sent_in_turn() throws Exception {
        Path payloads = Files.createDirectory(folder.resolve("payloads"));
        Files.writeString(payloads.resolve("a"), "one");
        Files.writeString(payloads.resolve("b"), "two");

        bench("-V", "5", "-q", "1", "-t", "t", "-C", "4", "-f", payloads.toString())
                .ends(0);

        assertThat(broker.messages()).extracting(SeenMessage::text).containsExactly("one", "two", "one", "two");
    }

    @Test
    void a_size_and_an_unknown_value_are_usage_errors() {
        assertThat(bench("-m", "x", "--size", "5").ends(2).errors()).contains("--size is for random bytes");
        assertThat(bench("-m", "{{x}}").ends(2).errors()).contains("unknown value '{{x}}'");
        assertThat(bench("-m", "x", "-f", "y").ends(2).errors()).contains("mutually exclusive");
    }

    // ---- identities and brokers ----

    @Test
    void each_connection_has_the_identity_of_its_row() throws Exception {
        Path rows = Files.writeString(
                folder.resolve("devices.csv"), "id,user,password,room\nkitchen,k,secret,1st\nhall,h,other,2nd\n");
        Command bench =
                bench("-q", "1", "-t", "t", "-C", "2", "-m", "{{room}} {{client}}", "--identities", rows.toString());

        bench.ends(0);
        assertThat(broker.connects()).extracting(Connect::clientId).containsExactlyInAnyOrder("kitchen", "hall");
        assertThat(broker.connects()).extracting(Connect::username).containsExactlyInAnyOrder("k", "h");
        assertThat(broker.messages()).extracting(SeenMessage::text).containsOnly("2nd hall");
        assertThat(bench("--publishers", "5", "-C", "5", "--identities", rows.toString())
                        .ends(2)
                        .errors())
                .contains("--identities has 2 rows for 6 connections");
    }

    @Test
    void a_password_without_a_user_is_rejected() throws Exception {
        Path rows = Files.writeString(folder.resolve("devices.csv"), "id,password\na,x\nb,y\n");

        assertThat(bench("-C", "1", "--identities", rows.toString()).ends(2).errors())
                .contains("--identities has passwords without users: add a column user");
    }

    @Test
    void connections_are_divided_among_the_brokers() {
        try (TestBroker other = TestBroker.start()) {
            bench("-h", other.uri(), "--spread", "--connections", "6", "--duration", "500ms")
                    .ends(0);

            assertThat(broker.connects()).hasSize(3);
            assertThat(other.connects()).hasSize(3);
        }
    }

    // ---- subscriptions, cuts, the limit ----

    @Test
    void subscribing_and_unsubscribing_are_timed() {
        Command bench = bench("--subscribers", "3", "-q", "1", "-C", "10");

        bench.ends(0);
        assertNumber(bench, "/latency/subscribe/count", 3);
        assertNumber(bench, "/latency/unsubscribe/count", 3);
    }

    @Test
    void connections_that_are_cut_come_back_and_are_no_failure() {
        Command bench = bench(
                "--connections",
                "20",
                "--publishers",
                "2",
                "--rate",
                "20",
                "-q",
                "1",
                "--duration",
                "3",
                "--churn",
                "20",
                "--storm",
                "1s");

        bench.ends(0);
        long cut = ((Number) at(bench, "/connections/cut")).longValue();
        assertThat(cut).as("60 at random, and all of them twice or more").isGreaterThan(60);
        assertNumber(bench, "/latency/reconnect/count", cut);
        assertNumber(bench, "/connections/lost", 0);
        assertNumber(bench, "/connections/upAtEnd", 20);
    }

    @Test
    void the_limit_is_named() {
        Command bench = bench("--rate", "50", "-q", "1", "--duration", "2", "--warm-up", "500ms");

        bench.ends(0);
        assertThat(at(bench, "/verdict/limit")).isEqualTo("none");
        assertThat(at(bench, "/verdict/limitWhy")).isEqualTo("the rate was kept");
        assertThat(Command.godwit("bench", "-h", broker.uri(), "-q", "1", "-C", "2000")
                        .ends(0)
                        .output())
                .containsPattern("limit +(this machine|window|broker|network): ");
    }
}
