package io.godwit.web.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** The topic tree: what it shows, how it is searched, and how it is used without a mouse. */
class TreeScenariosTest extends PageScenarios {
    @Test
    void a_row_counts_all_topics_and_messages_below_it() {
        page.publish("plant/a/temp", "1");
        page.publish("plant/a/temp", "2");
        page.publish("plant/b", "3");

        browser.topic("plant");

        browser.awaitText(".topic-header", "2 topics");
        browser.awaitText(".topic-header", "3 messages");
    }

    @Test
    void sorting_by_rate_puts_who_floods_on_top() {
        page.publish("a/calm", "1");
        for (int i = 0; i < 300; i++) {
            page.publish("z/flood", "1234567890");
        }

        browser.click("msg/s");

        browser.awaitText(".tree-head", "msg/s ↓");
        await().atMost(Browser.SOON).until(() -> names().indexOf("z") < names().indexOf("a"));
    }

    @Test
    void a_search_finds_topics_by_a_part_of_their_name() {
        page.publish("plant/boiler/temp", "20");
        page.publish("plant/boiler/pressure", "3");

        browser.type("#search", "TEMP");

        browser.awaitText(".matches", "1 topic matches");
        await().atMost(Browser.SOON).until(() -> names().equals(List.of("plant", "boiler", "temp")));
    }

    @Test
    void a_search_with_a_wildcard_is_a_topic_filter() {
        page.publish("plant/a/temp", "20");
        page.publish("plant/b/temp", "20");
        page.publish("plant/b/x/temp", "20");

        browser.type("#search", "plant/+/temp");

        browser.awaitText(".matches", "2 topics match");
    }

    @Test
    void a_search_finds_topics_by_their_payload() {
        page.publish("plant/a", "{\"state\":\"running\"}");
        page.publish("plant/b", "{\"state\":\"stopped\"}");

        browser.click("Payload");
        browser.type("[aria-label='Text in the payload']", "stopped");

        browser.awaitText(".matches", "1 topic matches");
        await().atMost(Browser.SOON).until(() -> names().equals(List.of("plant", "b")));
    }

    @Test
    void the_tree_can_show_only_retained_topics() {
        page.retain("plant/kept", "1");
        page.publish("plant/fleeting", "1");

        browser.type("#search", "plant");
        browser.awaitText(".matches", "2 topics match");

        browser.click(".filters", "Retained");

        browser.awaitText(".matches", "1 topic matches");
        await().atMost(Browser.SOON).until(() -> names().equals(List.of("plant", "kept")));
    }

    @Test
    void the_tree_can_show_only_what_changed_lately() {
        page.publish("plant/new", "1");
        browser.type("#search", "plant");

        browser.click("Changed");
        browser.awaitText(".matches", "1 topic matches");
        browser.choose(".filter-line select", "10");

        // Nothing more arrives on this topic.
        browser.awaitText(".tree-empty", "No topic matches");
    }

    @Test
    void arrow_keys_open_and_close_rows_and_Enter_leads_to_the_message() {
        page.publish("plant/boiler/temp", "20.5");
        browser.topic("plant");
        browser.focus("[role=treegrid]");

        browser.press(Keys.ARROW_RIGHT);
        await().atMost(Browser.SOON).until(() -> names().contains("boiler"));
        browser.press(Keys.ARROW_RIGHT);
        awaitActive("boiler");
        browser.press(Keys.ARROW_RIGHT);
        await().atMost(Browser.SOON).until(() -> names().contains("temp"));
        browser.press(Keys.ARROW_DOWN);
        awaitActive("temp");
        browser.press(Keys.ENTER);
        browser.awaitText(".code", "20.5");
        browser.focus("[role=treegrid]");
        browser.press(Keys.ARROW_LEFT);
        awaitActive("boiler");
        browser.press(Keys.ARROW_LEFT);

        await().atMost(Browser.SOON).until(() -> !names().contains("temp"));
    }

    @Test
    void the_slash_key_leads_to_the_search() {
        browser.focus("[role=treegrid]");

        browser.press("/");
        browser.press("abc");

        assertThat(browser.run("return document.getElementById('search').value"))
                .isEqualTo("abc");
    }

    @Test
    void only_rows_in_view_have_elements_and_End_reaches_the_last() {
        IntStream.range(0, 3_000).forEach(i -> page.client().publishAsync("many/t" + i, "1"));
        browser.topic("many");
        browser.focus("[role=treegrid]");
        browser.press(Keys.ARROW_RIGHT);
        await().atMost(Browser.SOON).until(() -> names().contains("t0"));
        browser.awaitText(".topic-header", "3,000 topics");

        browser.press(Keys.END);

        await().atMost(Browser.SOON).until(() -> names().contains("t2999"));
        assertThat(names()).hasSizeLessThan(120);
    }

    @Test
    void topics_with_empty_levels_markup_and_control_characters_are_shown_as_they_are() {
        page.publish("a//<b onclick=x>&amp;", "1");

        browser.topic("a//<b onclick=x>&amp;");

        browser.awaitText(".crumbs", "<b onclick=x>&amp;");
        assertThat(browser.errors()).isEmpty();
    }

    private List<String> names() {
        return browser.treeNames().stream().filter(name -> !name.equals("$SYS")).toList();
    }

    private void awaitActive(String name) {
        await().atMost(Browser.SOON).until(() -> name.equals(browser.run("""
                const id = document.querySelector('[role=treegrid]').getAttribute('aria-activedescendant');
                return document.getElementById(id)?.querySelector('.topic-name').textContent""")));
    }
}
