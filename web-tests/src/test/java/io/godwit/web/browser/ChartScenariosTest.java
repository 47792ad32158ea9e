package io.godwit.web.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;

/** Numbers over time. */
class ChartScenariosTest extends PageScenarios {
    @Test
    void a_number_is_charted_and_grows_with_each_message() {
        page.publish("a", "20");
        page.publish("a", "22.5");

        browser.topic("a");
        browser.awaitText(".legend", "min 20");
        browser.awaitText(".legend", "max 22.5");
        page.publish("a", "30");

        browser.awaitText(".legend", "max 30");
        assertThat(browser.texts(".plot canvas")).hasSize(1);
    }

    @Test
    void any_numeric_path_of_a_payload_is_charted() {
        page.publish("a", "{\"motor\":{\"speed\":1200},\"on\":true}");
        browser.topic("a");
        browser.awaitText(".code", "1200");

        browser.click("Chart /motor/speed");

        browser.awaitText(".legend", "a /motor/speed");
        browser.awaitText(".legend", "1,200");
    }

    @Test
    void several_series_of_several_topics_share_a_chart() {
        page.publish("a", "{\"x\":1}");
        page.publish("b", "77");
        browser.topic("a");
        browser.click("Keep in the chart");

        browser.topic("b");

        await().atMost(Browser.SOON)
                .until(() -> browser.texts(".legend tbody tr").size() == 2);
        browser.awaitText(".legend", "77");
        browser.click("Own scales");
        browser.click("Remove a /x from the chart");
        await().atMost(Browser.SOON)
                .until(() -> browser.texts(".legend tbody tr").size() == 1);
    }

    @Test
    void a_payload_without_a_number_says_so() {
        page.publish("a", "running");

        browser.topic("a");

        browser.awaitText(".charts", "no number");
    }
}
