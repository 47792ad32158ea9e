package io.godwit.web.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** How the page looks and behaves as a whole. */
class LookScenariosTest extends PageScenarios {
    private static final Pattern REQUESTED = Pattern.compile("\"request\":\\{.*?\"url\":\"([^\"]+)\"");

    @Test
    void colours_follow_the_system_until_they_are_chosen() {
        assertThat(theme()).isEqualTo("light");
        browser.colours("dark");
        await().atMost(Browser.SOON).until(() -> "dark".equals(theme()));

        browser.click("Use light colours");

        assertThat(theme()).isEqualTo("light");
        page.reload();
    }

    @Test
    void a_narrow_window_shows_the_tree_or_the_message() {
        page.publish("a", "21.5");
        browser.size(390, 844);
        browser.topic("a");
        browser.awaitText(".code", "21.5");
        assertThat(browser.texts(".tree-pane")).isEmpty();

        browser.click("Back to the tree");

        await().atMost(Browser.SOON).until(() -> browser.texts(".tree-pane").size() == 1);
        assertThat(browser.run("return document.documentElement.scrollWidth")).isEqualTo(390L);
    }

    @Test
    void the_page_talks_to_no_other_host() {
        page.publish("a", "{\"x\":1}");
        browser.topic("a");
        browser.awaitText(".code", "x");
        browser.click("About");
        browser.awaitText("dialog", "uplot");

        List<String> hosts = browser.network().stream()
                .map(REQUESTED::matcher)
                .filter(Matcher::find)
                .map(found -> URI.create(found.group(1)))
                .filter(uri -> !"data".equals(uri.getScheme()))
                .map(uri -> uri.getHost() + ":" + uri.getPort())
                .distinct()
                .toList();

        assertThat(hosts).containsExactly(URI.create(page.address()).getAuthority());
    }

    @Test
    void about_lists_the_packages_and_their_licences() {
        browser.click("About");

        for (String name : new String[] {
            "preact 11.2.0, MIT", "@preact/signals 2.11.4, MIT", "htm 3.1.1, Apache-2.0", "uplot 1.6.32, MIT"
        }) {
            browser.awaitText("dialog", name);
        }
    }

    @Test
    void the_page_says_when_the_server_has_gone() throws Exception {
        page.stopServing();

        browser.awaitText(".banner", "The connection to Godwit was lost");
        browser.errors(); // the browser logs each attempt to connect
    }

    private Object theme() {
        return browser.run("return document.documentElement.dataset.theme");
    }
}
