package io.godwit.web.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.web.TestPage;
import io.godwit.web.WebServer;
import io.godwit.web.WebSettings;
import io.godwit.web.model.Dropped;
import io.godwit.web.model.TopicTree;
import io.godwit.web.page.Workspace;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A busy broker: what the watcher's heap, the bytes to the page and the delay from publish to page are. {@code web/load} runs it at
 * full size and prints the figures; without options it is small.
 */
@Tag("load")
class LoadTest {
    private static final int SECONDS = Integer.getInteger("load.seconds", 10);
    private static final int TOPICS = Integer.getInteger("load.topics", 20_000);
    private static final int RATE = Integer.getInteger("load.rate", 10_000);
    private static final long MEMORY = Integer.getInteger("load.memory", 64) * 1024L * 1024;
    private static final int UPDATES_PER_SECOND = 10;

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void the_page_follows_a_busy_broker_within_its_budget() throws Exception {
        Process source = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        "-Xmx512m",
                        LoadSource.class.getName(),
                        String.valueOf(TOPICS),
                        String.valueOf(RATE))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Workspace workspace = TestPage.workspace(MEMORY, false);
        try (BufferedReader out =
                        new BufferedReader(new InputStreamReader(source.getInputStream(), StandardCharsets.UTF_8));
                WebServer server = WebServer.start(WebSettings.local(0), workspace)) {
            workspace.sources().add(TestPage.plan(out.readLine(), List.of("#")));
            TopicTree tree = workspace.sources().all().get("b1").tree();
            try (TestPage page = new TestPage(server)) {
                page.await(frame -> frame.toString().contains("state=connected"));
                source.getOutputStream().write('\n');
                source.getOutputStream().flush();
                measure(page, tree);
            }
        } finally {
            source.destroy();
            workspace.close();
        }
    }

    private static void measure(TestPage page, TopicTree tree) throws Exception {
        Map<String, Object> probe = page.retry("reveal", "\"broker\":\"b1\",\"topic\":\"" + LoadSource.PROBE + "\"");
        page.ask(
                "view",
                "\"broker\":\"b1\",\"tree\":{\"first\":0,\"count\":60,\"sort\":\"rate\",\"descending\":true},\"node\":{\"node\":"
                        + probe.get("node") + "},\"log\":{\"node\":0,\"below\":true,\"count\":100}");
        page.ask("open", "\"broker\":\"b1\",\"nodes\":[0],\"below\":true");
        List<Long> delays = new ArrayList<>();
        long start = System.nanoTime();
        long bytes = page.received();
        long before = messages(tree);
        int updates = 0;
        while (System.nanoTime() - start < TimeUnit.SECONDS.toNanos(SECONDS)) {
            Map<String, Object> update = page.await(frame -> "update".equals(frame.get("type")));
            updates++;
            if (update.get("node") instanceof Map<?, ?> node
                    && node.get("value") instanceof Map<?, ?> value
                    && value.get("text") instanceof String text) {
                delays.add(System.currentTimeMillis() - Long.parseLong(text));
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        double perSecond = (messages(tree) - before) / seconds;
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        Collections.sort(delays);
        Dropped dropped;
        long used;
        int topics;
        tree.lock().lock();
        try {
            dropped = tree.dropped();
            used = tree.used();
            topics = tree.topicCount();
        } finally {
            tree.lock().unlock();
        }
        System.out.printf(
                "topics %d, messages/s %.0f, estimated %d MB of %d MB, heap %d MB, updates/s %.1f, to the page %.0f kB/s, "
                        + "delay median %d ms, 99 %% %d ms, most %d ms, %s%n",
                topics,
                perSecond,
                used >> 20,
                MEMORY >> 20,
                heap >> 20,
                updates / seconds,
                (page.received() - bytes) / seconds / 1_000,
                at(delays, 0.5),
                at(delays, 0.99),
                at(delays, 1),
                dropped);
        assertThat(used).isLessThanOrEqualTo(MEMORY);
        assertThat(heap).isLessThan(MEMORY + MEMORY / 4 + (96L << 20));
        assertThat(updates / seconds).isLessThanOrEqualTo(UPDATES_PER_SECOND + 1);
        assertThat(delays).isNotEmpty();
    }

    private static long messages(TopicTree tree) {
        tree.lock().lock();
        try {
            return tree.root().count();
        } finally {
            tree.lock().unlock();
        }
    }

    private static long at(List<Long> sorted, double part) {
        return sorted.isEmpty() ? -1 : sorted.get((int) Math.min(sorted.size() - 1, part * sorted.size()));
    }
}
