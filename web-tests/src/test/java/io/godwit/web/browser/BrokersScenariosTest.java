package io.godwit.web.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.checks.Programs;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** Several brokers side by side, their own figures, and what is wrong when one can't be reached. */
class BrokersScenariosTest extends PageScenarios {
    @Test
    void the_first_broker_is_added_in_the_dialog() throws Exception {
        page.close();
        page = RunningPage.startEmpty(kind, Files.createDirectory(folder.resolve("empty")), browser);

        page.add(page.brokerAddress(), "first");

        browser.awaitText(".broker-bar", "connected");
    }

    @Test
    void each_broker_has_a_tab_that_keeps_its_selection() throws Exception {
        page.publish("first/a", "1");
        browser.topic("first/a");
        browser.awaitText(".crumbs", "a");
        String first = browser.text("[role=tab][aria-selected=true] .tab-name");
        BrokerKind.Running second = BrokerKind.GODWIT.start(Files.createDirectory(folder.resolve("second")));
        try (AutoCloseable closing = second.broker()) {
            page.add(second.address(), "second");
            await().atMost(Browser.SOON).until(() -> !browser.treeNames().contains("first"));

            browser.click("[role=tablist]", first);

            browser.awaitText(".crumbs", "a");
            assertThat(browser.treeNames()).contains("first");
            browser.click("[role=tablist]", "second");
            browser.click("Connection");
            browser.click("Disconnect and remove");
            await().atMost(Browser.SOON)
                    .until(() -> browser.texts("nav [role=tab]").size() == 1);
        }
    }

    @Test
    void a_broker_that_does_not_answer_is_explained() {
        int port = Programs.freePort();

        page.add("mqtt://127.0.0.1:" + port, "away");

        browser.awaitText(".problem", "127.0.0.1:" + port);
        browser.awaitText(".problem", PlainDoctor.ADVICE);
        browser.awaitText(".problem", "Connect now");
    }

    @Test
    void an_invalid_address_is_refused_in_the_dialog() {
        browser.click("Add a broker");
        browser.type("[name=address]", "gopher://nowhere");

        browser.click("Connect");

        browser.awaitText("dialog .notice", "gopher");
    }

    @Test
    void the_diagnosis_checks_each_step_of_the_way_to_the_broker() {
        browser.click("Connection");

        browser.click("Run");

        await().atMost(Browser.SOON).until(() -> browser.texts(".checks li").size() >= 2);
        browser.awaitText(".checks", "good");
        browser.awaitText(".checks", "took long");
    }

    @Test
    void the_dashboard_shows_what_the_broker_says_about_itself() {
        if (kind == BrokerKind.GODWIT) {
            page.publish("$SYS/broker/clients/connected", "7");
        }

        browser.click("Dashboard");

        browser.awaitText(".panel", "$SYS");
        if (kind == BrokerKind.MOSQUITTO) {
            browser.awaitText(".dashboard", "mosquitto version");
            browser.awaitText(".tiles", "Clients connected");
        }
    }
}
