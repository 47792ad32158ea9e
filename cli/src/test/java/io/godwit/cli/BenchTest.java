package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.filter.FilteringParserDelegate;
import com.fasterxml.jackson.core.filter.JsonPointerBasedFilter;
import com.fasterxml.jackson.core.filter.TokenFilter.Inclusion;
import io.godwit.checks.Mosquitto;
import io.godwit.checks.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code bench} as a process, against Mosquitto and beside its clients: the counts agree to the message. */
class BenchTest {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");

    @TempDir
    static Path folder = Path.of("set by JUnit");

    private static Mosquitto broker;

    @BeforeAll
    static void start() throws IOException {
        Programs.require("mosquitto_sub");
        broker = Mosquitto.start(folder, "max_queued_messages 0");
    }

    @AfterAll
    static void stop() {
        if (broker != null) {
            broker.close();
        }
    }

    /** {@code godwit bench} with these words, towards this broker. */
    private static Command bench(Mosquitto at, String words) {
        return Command.godwit(Stream.of(("bench -h 127.0.0.1 -p " + at.port() + " " + words).split(" "))
                .toArray(String[]::new));
    }

    private static Command bench(String words) {
        return bench(broker, words);
    }

    /** A number of the JSON result, by its JSON pointer. */
    private static double number(Command bench, String pointer) {
        try (JsonParser all = new JsonFactory().createParser(bench.output());
                JsonParser found = new FilteringParserDelegate(
                        all,
                        new JsonPointerBasedFilter(JsonPointer.compile(pointer)),
                        Inclusion.ONLY_INCLUDE_ALL,
                        false)) {
            JsonToken token = found.nextToken();
            assertThat(token).as(pointer + " in " + bench.output()).isNotNull();
            return found.getDoubleValue();
        } catch (IOException e) {
            throw new AssertionError(bench.output(), e);
        }
    }

    private static void assertNumber(Command bench, String pointer, long expected) {
        assertThat(number(bench, pointer)).as(pointer).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-q 1 -V 5 --topics one", "-q 2 --topics each", "-q 1 -V 31 --topics all --size 64-2k"})
    void what_is_published_is_what_comes(String how) {
        try (Command bench = bench("--publishers 3 --subscribers 2 -C 1000 --json " + how)) {
            bench.ends(0);

            int hearers = how.contains("each") ? 1 : 2;
            assertNumber(bench, "/published/sent", 1_000);
            assertNumber(bench, "/published/acknowledged", 1_000);
            assertNumber(bench, "/received/expected", 1_000 * hearers);
            assertNumber(bench, "/received/unique", 1_000 * hearers);
            assertNumber(bench, "/received/lost", 0);
            assertNumber(bench, "/received/outOfOrder", 0);
            assertNumber(bench, "/latency/endToEnd/count", 1_000 * hearers);
            assertNumber(bench, "/latency/acknowledgement/count", 1_000);
            assertThat(number(bench, "/latency/endToEnd/p99"))
                    .isGreaterThanOrEqualTo(number(bench, "/latency/endToEnd/p50"));
        }
    }

    @Test
    void a_shared_subscription_deals_each_message_out_once() {
        try (Command bench = bench("-V 5 -q 1 --publishers 2 --subscribers 3 --share workers -C 1000 --json")) {
            bench.ends(0);

            assertNumber(bench, "/received/expected", 1_000);
            assertNumber(bench, "/received/unique", 1_000);
            assertNumber(bench, "/received/lost", 0);
        }
    }

    @Test
    void a_rate_is_kept() {
        try (Command bench = bench("--publishers 5 --rate 100 --duration 2 --warm-up 500ms --json")) {
            bench.ends(0);

            assertThat(number(bench, "/published/sent"))
                    .as("2.5 s of 500 a second")
                    .isEqualTo(1_250);
            assertThat(number(bench, "/latency/sentLate/count"))
                    .as("without the warm-up")
                    .isEqualTo(1_000);
        }
    }

    @Test
    void mosquitto_sub_counts_what_bench_publishes() {
        try (Command sub = Command.of(
                "stdbuf",
                "-oL",
                "mosquitto_sub",
                "-d",
                "-p",
                String.valueOf(broker.port()),
                "-t",
                "counted/#",
                "-q",
                "1",
                "-F",
                "%t",
                "-C",
                "2001")) {
            sub.awaitOutput("Subscribed");
            bench("--publishers 4 --subscribers 0 --topics each -t counted -q 1 -C 2000")
                    .ends(0);
            Command.of(
                            "mosquitto_pub",
                            "-p",
                            String.valueOf(broker.port()),
                            "-t",
                            "counted/end",
                            "-q",
                            "1",
                            "-m",
                            "end")
                    .ends(0);
            sub.ends(0);

            List<String> topics = sub.output()
                    .lines()
                    .filter(line -> line.startsWith("counted/"))
                    .toList();
            assertThat(topics).hasSize(2_001).last().isEqualTo("counted/end");
            assertThat(topics).filteredOn("counted/3"::equals).hasSize(500);
        }
    }

    @Test
    void bench_counts_what_mosquitto_pub_sends() {
        String lines = IntStream.range(0, 2_000).mapToObj(i -> "line " + i).collect(Collectors.joining("\n", "", "\n"));
        try (Command bench = bench("-d --publishers 0 --subscribers 1 -t from/mosquitto -q 1 -C 2000 --json")) {
            bench.awaitError("SUBACK");
            Command.of("mosquitto_pub", "-p", String.valueOf(broker.port()), "-t", "from/mosquitto", "-q", "1", "-l")
                    .input(lines)
                    .ends(0);
            bench.ends(0);

            assertNumber(bench, "/received/received", 2_000);
            assertNumber(bench, "/received/other", 2_000);
        }
    }

    @Test
    void a_broker_that_loses_messages_is_found_out(@TempDir Path other) throws IOException {
        // with one message in flight and one queued, Mosquitto drops what it has acknowledged
        try (Mosquitto forgetful = Mosquitto.start(other, "max_inflight_messages 1", "max_queued_messages 1");
                Command bench = bench(forgetful, "-q 1 -C 3000 -M 1000 --drain 1 --subscribers 2")) {
            bench.ends(9);

            assertThat(bench.output())
                    .containsPattern("BROKEN: [0-9,]+ messages were acknowledged but never delivered");
        }
    }

    @Test
    void connections_are_made_from_several_addresses_and_held() {
        try (Command bench = bench("--connections 300 --ramp 1000 --sources 127.0.0.2-127.0.0.4 --duration 1")) {
            bench.ends(0);

            assertThat(bench.output()).containsPattern("connected +300 of 300 in");
        }
    }

    @Test
    void a_terminal_shows_a_line_that_lives_and_at_the_end_the_table() throws IOException {
        String words = "bench -h 127.0.0.1 -p " + broker.port() + " --rate 50 --duration 1h --publishers 2 -q 1";
        List<String> line = Command.java(List.of(words.split(" ")));
        try (TerminalWindow window = TerminalWindow.running(folder, Map.of(), line)) {
            window.awaitScreen("  p99 ").awaitScreen("  errors 0  connections 3/3");
            assertThat(window.screen().lines().filter(row -> row.contains("  p99 ")))
                    .as("one line, written over")
                    .hasSize(1);

            window.press("C-c").awaitScreen("ended with 130");
            assertThat(window.screen()).contains("ok: nothing lost").doesNotContain("  errors 0  connections");
        }
    }

    @Test
    void Ctrl_C_sums_up() {
        try (Command bench = bench("--rate 10 --duration 1h --publishers 2")) {
            bench.awaitError("out ").interrupt().ends(130);

            assertThat(bench.output()).contains("end to end").contains("ok: nothing lost, duplicated or out of order");
        }
    }

    @Test
    void without_a_broker_it_says_so() {
        try (Command bench = Command.godwit("bench", "-h", "127.0.0.1", "-p", "1", "--connections", "10")) {
            bench.ends(3);

            assertThat(bench.errors())
                    .startsWith("godwit bench: ")
                    .contains("127.0.0.1:1")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void what_cannot_be_is_refused_before_it_begins() {
        try (Command bench = bench("--size 8")) {
            bench.ends(2);

            assertThat(bench.errors()).contains("--size 24 or more");
        }
    }

    @Test
    void the_report_shows_its_plots_in_a_browser() throws IOException {
        assumeTrue(Files.isExecutable(CHROMIUM), "Chromium is not installed");
        Path report = folder.resolve("report.html");
        bench("--publishers 4 --subscribers 2 -q 1 --rate 200 --duration 2 --report " + report)
                .ends(0);
        String page = Files.readString(report);
        assertThat(page)
                .as("it needs no network")
                .doesNotContainPattern("(src|href)=\"(?!data:)")
                .doesNotContain("url(");

        String dom = opened(page);

        assertThat(dom).contains("errors=0;");
        for (String plot :
                List.of("percentiles", "histogram", "rates", "latency-over-time", "connections", "processors")) {
            assertThat(dom)
                    .as(plot)
                    .containsPattern(plot + ": inside=true shapes=[1-9][0-9]* wide=true coloured=true;");
        }
        assertThat(dom).as("what is under the pointer").contains("tip=p").contains("end to end: ");
        assertThat(page).contains("nothing lost, duplicated or out of order");
    }

    /** The page as Chromium has it, once a script has measured the plots and moved the pointer over the first. */
    private static String opened(String page) throws IOException {
        String measuring = """
                <script>
                let said = "";
                for (const plot of document.querySelectorAll("svg.plot")) {
                  const frame = plot.getBoundingClientRect();
                  const shapes = [...plot.querySelectorAll("path.line, rect.bar")];
                  const boxes = shapes.map(shape => shape.getBoundingClientRect());
                  const inside = boxes.every(box => box.left >= frame.left && box.right <= frame.right
                      && box.top >= frame.top && box.bottom <= frame.bottom);
                  const left = Math.min(...boxes.map(box => box.left));
                  const right = Math.max(...boxes.map(box => box.right));
                  const coloured = shapes.every(shape => {
                    const style = getComputedStyle(shape);
                    return (style.stroke + style.fill).includes("rgb(");
                  });
                  said += plot.id + ": inside=" + inside + " shapes=" + shapes.length
                      + " wide=" + (right - left > 30) + " coloured=" + coloured + ";";
                }
                const strip = document.querySelectorAll("#percentiles .strip")[40];
                strip.dispatchEvent(new PointerEvent("pointermove", {bubbles: true, clientX: 300, clientY: 300}));
                said += "tip=" + document.getElementById("tip").textContent + ";errors=" + errors + ";";
                document.body.append(said);
                </script>
                </body>""";
        String counting = "<script>let errors = 0; addEventListener('error', () => errors++);</script>\n<style>";
        Path measured = folder.resolve("measured.html");
        Files.writeString(measured, page.replaceFirst("<style>", counting).replace("</body>", measuring));
        Command chromium =
                Command.of(("/usr/bin/chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run"
                                + " --disable-background-networking --disable-component-update --disable-sync"
                                + " --user-data-dir=" + folder.resolve("chromium")
                                + " --window-size=1300,2000 --dump-dom "
                                + measured.toUri())
                        .split(" "));
        String dom = chromium.ends(0).output();
        return dom.substring(dom.lastIndexOf("</script>"));
    }
}
