package io.godwit.web.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * How much of the time the page needs while many messages arrive. The processor time of scripts, style and layout is measured, not the
 * frames: a build machine that is busy elsewhere drops frames that the page was ready for, and each of the others then has more messages
 * to show.
 */
@ExtendWith(BrowserExtension.class)
@Tag("page")
class FrameRateTest {
    private static final int TOPICS = 5_000;
    private static final int PER_ROUND = 100;
    private static final int SCROLLED_FRAMES = 180;

    /**
     * 8 ms of a frame, at 60 of them per second; the rest is left to the browser for painting. A page that needs more than a frame gets
     * fewer of them, and is above this too.
     */
    private static final double MOST_BUSY = 0.48;

    /** The page reads no sizes between its changes, each of which would make the browser compute styles again. */
    private static final double MOST_STYLES_PER_FRAME = 3;

    private static final String SCROLL = """
            const [frames, done] = arguments;
            const body = document.querySelector(".tree-body");
            let count = 0;
            function next() {
                body.scrollTop += 120;
                if (++count === frames) done(document.querySelectorAll(".tree-row").length);
                else requestAnimationFrame(next);
            }
            requestAnimationFrame(next);""";

    private final ScheduledExecutorService publisher = Executors.newSingleThreadScheduledExecutor();

    @TempDir
    Path folder;

    private Browser browser;
    private RunningPage page;

    @BeforeEach
    void start(Browser given) throws Exception {
        browser = given;
        page = RunningPage.start(BrokerKind.GODWIT, folder, browser);
    }

    @AfterEach
    void stop() throws Exception {
        publisher.shutdownNow();
        publisher.awaitTermination(10, TimeUnit.SECONDS);
        page.close();
    }

    @Test
    void scrolling_through_changing_topics_takes_less_than_half_of_the_time() {
        for (int topic = 0; topic < TOPICS; topic++) {
            page.client().publishAsync("load/t" + topic, "0");
        }
        browser.topic("load");
        browser.awaitText(".topic-header", "5,000 topics");
        browser.topic("load/t0");
        AtomicInteger round = new AtomicInteger();
        publisher.scheduleAtFixedRate(() -> publish(round.getAndIncrement()), 0, 20, TimeUnit.MILLISECONDS);

        Map<String, Double> before = browser.metrics();
        Object rows = browser.runAsync(SCROLL, SCROLLED_FRAMES);
        Map<String, Double> after = browser.metrics();

        double busy = 0;
        for (String part : new String[] {"ScriptDuration", "LayoutDuration", "RecalcStyleDuration"}) {
            busy += Objects.requireNonNull(after.get(part)) - Objects.requireNonNull(before.get(part));
        }
        double elapsed =
                Objects.requireNonNull(after.get("Timestamp")) - Objects.requireNonNull(before.get("Timestamp"));
        double styles = Objects.requireNonNull(after.get("RecalcStyleCount"))
                - Objects.requireNonNull(before.get("RecalcStyleCount"));
        assertThat(styles / SCROLLED_FRAMES).as("style computations per frame").isLessThan(MOST_STYLES_PER_FRAME);
        assertThat(busy / elapsed).as("share of the time").isLessThan(MOST_BUSY);
        assertThat((Long) rows).isLessThan(120);
    }

    private void publish(int round) {
        for (int i = 0; i < PER_ROUND; i++) {
            page.client().publishAsync("load/t" + (round * PER_ROUND + i) % TOPICS, String.valueOf(round));
        }
    }
}
