package io.godwit.web.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.web.WebServer;
import io.godwit.web.WebSettings;
import io.godwit.web.decode.Decoding;
import io.godwit.web.model.MemoryBudget;
import io.godwit.web.model.TopicTree;
import io.godwit.web.page.Workspace;
import io.godwit.web.source.BrokerPlan;
import io.godwit.web.source.Sources;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A busy broker, watched with everything open: the frame rate of the page while it scrolls, what the page receives, the heaps of JVM and
 * page, and the delay from publish to page. {@code web-tests/load} runs it at full size and prints the figures; in the build it is small.
 */
@Tag("page")
class LoadTest {
    private static final int SECONDS = Integer.getInteger("load.seconds", 10);
    private static final int TOPICS = Integer.getInteger("load.topics", 20_000);
    private static final int RATE = Integer.getInteger("load.rate", 10_000);
    private static final long MEMORY = Integer.getInteger("load.memory", 64) * 1024L * 1024;
    private static final int UPDATES_PER_SECOND = 10;

    /** Of the time, in which the page's thread may be busy: the rest is the browser's, for painting. */
    private static final double MOST_BUSY = 0.6;

    /** Counts what arrives, before the page opens its WebSocket. */
    private static final String COUNTER = """
            const Native = WebSocket;
            globalThis.received = {characters: 0, updates: 0, views: 0};
            globalThis.WebSocket = class extends Native {
                constructor(...all) {
                    super(...all);
                    this.addEventListener("message", ({data}) => {
                        received.characters += data.length;
                        if (data.startsWith('{"type":"update"')) received.updates++;
                    });
                }

                send(text) {
                    if (text.includes('"op":"view"')) received.views++;
                    super.send(text);
                }
            };""";

    /** Scrolls the tree up and down, and notes the time of each frame and the age of each clock that the page shows. */
    private static final String RECORDER = """
            const body = document.querySelector(".tree-body");
            const begun = {at: performance.now(), ...received};
            const record = {frames: [], delays: [], begun};
            globalThis.record = record;
            let last = begun.at, shown = "", step = 24;
            function frame(now) {
                record.frames.push(now - last);
                last = now;
                if (body.scrollTop + body.clientHeight >= Math.min(body.scrollHeight, 40000)) step = -24;
                else if (body.scrollTop <= 0) step = 24;
                body.scrollTop += step;
                const clock = /\\d{13}/.exec(document.querySelector(".payload")?.textContent ?? "")?.[0] ?? "";
                if (clock && clock !== shown) {
                    if (shown) record.delays.push(Date.now() - Number(clock));
                    shown = clock;
                }
                requestAnimationFrame(frame);
            }
            requestAnimationFrame(frame);""";

    private static final String RESULT = """
            const {frames, delays, begun} = globalThis.record;
            const seconds = (performance.now() - begun.at) / 1000;
            const at = (all, part) => all.length ? all.toSorted((a, b) => a - b)[Math.min(all.length - 1, Math.floor(part * all.length))] : -1;
            return {
                framesPerSecond: frames.length / seconds,
                frameMedian: at(frames, 0.5),
                frame99: at(frames, 0.99),
                frameWorst: at(frames, 1),
                late: frames.filter((it) => it > 25).length / frames.length,
                updatesPerSecond: (received.updates - begun.updates) / seconds,
                viewsPerSecond: (received.views - begun.views) / seconds,
                charactersPerSecond: (received.characters - begun.characters) / seconds,
                delays: delays.length,
                delayMedian: at(delays, 0.5),
                delay99: at(delays, 0.99),
                delayWorst: at(delays, 1),
                rows: document.querySelectorAll(".tree-row[id]").length,
            };""";

    @TempDir
    static Path folder;

    @Test
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void the_page_follows_a_busy_broker_within_its_budget() throws Exception {
        Process source = startSource();
        Workspace workspace = workspace();
        try (BufferedReader out =
                        new BufferedReader(new InputStreamReader(source.getInputStream(), StandardCharsets.UTF_8));
                WebServer server = WebServer.start(WebSettings.local(0), workspace);
                Browser browser = Browser.startForLoad(folder)) {
            workspace.sources().add(plan(out.readLine()));
            TopicTree tree = workspace.sources().all().get("b1").tree();
            browser.beforeEachPage(COUNTER);
            browser.open(server.link(), 1440, 900);
            browser.awaitText(".broker-bar", "connected");
            source.getOutputStream().write('\n');
            source.getOutputStream().flush();
            await("all topics")
                    .atMost(Duration.ofMinutes(3))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> locked(tree, TopicTree::topicCount) > TOPICS);

            measure(browser, tree);
        } finally {
            source.destroy();
            workspace.close();
        }
    }

    private static Workspace workspace() {
        Sources sources = new Sources(new MemoryBudget(MEMORY), System::currentTimeMillis);
        return new Workspace("load", true, sources, Decoding.usual(), asked -> plan(asked.address()));
    }

    private static BrokerPlan plan(String address) {
        return new BrokerPlan(
                address,
                address,
                null,
                List.of("#"),
                Qos.EXACTLY_ONCE,
                List.of(ProtocolVersion.V5),
                version -> MqttClient.builder().server(address).protocol(version),
                new PlainDoctor());
    }

    private static Process startSource() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        "-Xmx512m",
                        LoadSource.class.getName(),
                        String.valueOf(TOPICS),
                        String.valueOf(RATE))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void measure(Browser browser, TopicTree tree) {
        browser.topic("site0");
        browser.focus(".tree-body");
        browser.press("*");
        browser.topic(LoadSource.PROBE);
        browser.awaitText(".payload", "1"); // the clock
        Map<String, Double> before = browser.metrics();
        long messagesBefore = locked(tree, it -> it.root().count());
        long start = System.nanoTime();
        browser.run(RECORDER);
        await("the time to have passed")
                .atMost(Duration.ofSeconds(SECONDS + 60))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> System.nanoTime() - start >= TimeUnit.SECONDS.toNanos(SECONDS));
        Map<?, ?> page = (Map<?, ?>) Objects.requireNonNull(browser.run(RESULT));
        Map<String, Double> after = browser.metrics();
        double seconds = (System.nanoTime() - start) / 1e9;
        double perSecond = (locked(tree, it -> it.root().count()) - messagesBefore) / seconds;
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        long used = locked(tree, TopicTree::used);
        double busy = 0;
        for (String part : List.of("ScriptDuration", "LayoutDuration", "RecalcStyleDuration")) {
            busy += (after.get(part) - before.get(part)) / seconds;
        }
        System.out.printf(
                """
                %d topics, %.0f messages/s for %.0f s
                frames/s %.1f, median %.1f ms, 99 %% %.1f ms, worst %.0f ms, later than 25 ms %.2f %%; scripts and layout %.0f %% of a core
                to the page %.0f kB/s with %.1f updates/s, for %.1f changes of the view/s
                publish to page: median %.0f ms, 99 %% %.0f ms, worst %.0f ms
                heap %d MB, of it estimated %d MB of %d MB; heap of the page %.0f MB; %s
                """,
                locked(tree, TopicTree::topicCount),
                perSecond,
                seconds,
                number(page, "framesPerSecond"),
                number(page, "frameMedian"),
                number(page, "frame99"),
                number(page, "frameWorst"),
                100 * number(page, "late"),
                100 * busy,
                number(page, "charactersPerSecond") / 1_000,
                number(page, "updatesPerSecond"),
                number(page, "viewsPerSecond"),
                number(page, "delayMedian"),
                number(page, "delay99"),
                number(page, "delayWorst"),
                heap >> 20,
                used >> 20,
                MEMORY >> 20,
                after.get("JSHeapUsedSize") / (1 << 20),
                dropped(tree));
        assertThat(used).isLessThanOrEqualTo(MEMORY);
        assertThat(heap).isLessThan(MEMORY + MEMORY / 4 + (128L << 20));
        // Another part of the tree is sent at once; what changes in it ten times per second.
        assertThat(number(page, "updatesPerSecond") - number(page, "viewsPerSecond"))
                .isLessThanOrEqualTo(UPDATES_PER_SECOND + 0.5);
        assertThat(number(page, "delays")).isPositive();
        assertThat(number(page, "rows")).isBetween(10.0, 120.0);
        assertThat(busy).isLessThan(MOST_BUSY);
    }

    private static double number(Map<?, ?> figures, String name) {
        return ((Number) Objects.requireNonNull(figures.get(name), name)).doubleValue();
    }

    private static long locked(TopicTree tree, ToLongFunction<TopicTree> question) {
        tree.lock().lock();
        try {
            return question.applyAsLong(tree);
        } finally {
            tree.lock().unlock();
        }
    }

    private static String dropped(TopicTree tree) {
        tree.lock().lock();
        try {
            return String.valueOf(tree.dropped());
        } finally {
            tree.lock().unlock();
        }
    }
}
