package io.godwit.web.browser;

import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.client.MqttClient;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** Retained messages: counted, cleared by filter, restored. */
class RetainedScenariosTest extends PageScenarios {
    @Test
    void retained_messages_are_counted_cleared_by_filter_and_restored() {
        for (int i = 0; i < 120; i++) {
            page.retain("old/t" + i, "value " + i);
        }
        page.retain("new/t", "stays");
        browser.click(".sections", "Retained");
        browser.type("[name=filter]", "old/#");

        browser.click("Count");
        browser.awaitText(".scan", "120 retained messages");
        browser.click("Clear all 120");
        browser.click("[role=alertdialog]", "Clear");
        browser.awaitText(".scan", "Cleared 120");
        awaitRetained(Set.of("new/t"));
        browser.click("Undo");

        browser.awaitText(".scan", "Restored 120");
        await().atMost(Browser.SOON).until(() -> retained().size() == 121);
    }

    @Test
    void nothing_is_cleared_before_it_is_confirmed() {
        page.retain("a", "1");
        browser.click(".sections", "Retained");
        browser.click("Count");
        browser.awaitText(".scan", "1 retained message");

        browser.click("Clear it");
        browser.click("Keep");

        awaitRetained(Set.of("a"));
    }

    private void awaitRetained(Set<String> topics) {
        await().atMost(Browser.SOON).until(() -> retained().equals(topics));
    }

    /** What a new subscriber gets. */
    private Set<String> retained() throws Exception {
        Set<String> topics = ConcurrentHashMap.newKeySet();
        try (MqttClient fresh = MqttClient.connect(page.brokerAddress())) {
            fresh.subscribe("#", message -> {
                if (message.retain()) {
                    topics.add(message.topic());
                }
            });
            // The broker sends retained messages before what it sends after this.
            fresh.subscribe("fence", message -> {});
            java.util.concurrent.CountDownLatch fence = new java.util.concurrent.CountDownLatch(1);
            fresh.subscribe("fence/passed", message -> fence.countDown());
            fresh.publish("fence/passed", "x");
            fence.await();
        }
        topics.removeIf(topic -> topic.startsWith("fence"));
        return topics;
    }
}
