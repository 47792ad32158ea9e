package io.godwit.web.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** What a publisher may do to whoever looks: the page stays usable and shows what is there. */
class HostileScenariosTest extends PageScenarios {
    private static final int MEGABYTE = 1_000_000;

    @Test
    void a_payload_of_20_MB_is_shown_and_can_be_scrolled_to_its_end() {
        byte[] payload = new byte[20 * MEGABYTE];
        Arrays.fill(payload, (byte) 'x');
        payload[payload.length - 1] = '!';
        page.publish("huge", payload);
        browser.topic("huge");
        browser.awaitText(".message-line", "20.0 MB");

        browser.click("Show everything");
        await().atMost(Browser.SOON).until(() -> !browser.has("Show everything"));
        browser.run("const it = document.querySelector('.code'); it.scrollTop = it.scrollHeight");

        browser.awaitText(".code", "x!");
        assertThat(browser.texts(".code .line")).hasSizeLessThan(100);
    }

    @Test
    void a_topic_of_65535_bytes_is_shown() {
        page.publish("long/" + "t".repeat(65_530), "still here");

        browser.type("#search", "long/ttt");
        browser.awaitText(".matches", "1 topic matches");
        browser.focus("[role=treegrid]");
        browser.press(Keys.END);

        browser.awaitText(".code", "still here");
        browser.awaitText(".topic-header", "topic of 65,535 characters");
    }

    @Test
    void a_topic_with_as_many_levels_as_brokers_take_is_shown() {
        page.publish("deep/".repeat(199) + "end", "still here");
        browser.type("#search", "deep");
        browser.awaitText(".matches", "1 topic matches");
        browser.focus("[role=treegrid]");
        browser.press(Keys.END);

        browser.awaitText(".code", "still here");
    }

    @Test
    void bytes_that_are_not_UTF_8_are_shown_as_hex_on_request() {
        page.publish("bytes", new byte[] {(byte) 0xc3, 0x28, 0, (byte) 0xff});
        browser.topic("bytes");

        browser.choose(".decoder select", "hex");

        browser.awaitText(".code", "c3 28 00 ff");
    }

    @Test
    void a_decoder_that_cannot_read_the_payload_says_where_and_why() {
        page.publish("a", "not CBOR");
        browser.topic("a");

        browser.choose(".decoder select", "cbor");

        await().atMost(Browser.SOON)
                .until(() -> !browser.texts(".payload .notice").isEmpty());
    }
}
