package io.godwit.web.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.UserProperty;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Publishing from the page. */
class PublishScenariosTest extends PageScenarios {
    private static final long SECONDS = 20;

    private final BlockingQueue<Message> received = new LinkedBlockingQueue<>();

    private Message next() throws InterruptedException {
        Message message = received.poll(SECONDS, TimeUnit.SECONDS);
        assertThat(message).as("a message within %s s", SECONDS).isNotNull();
        return message;
    }

    @Test
    void a_message_is_published_with_its_properties() throws Exception {
        page.client().subscribe("out/#", Qos.EXACTLY_ONCE, received::add);
        browser.click("Publish");
        browser.type("[name=topic]", "out/a");
        browser.type("[name=payload]", "hello");
        browser.choose("[name=qos]", "1");
        browser.click("MQTT 5 properties");
        browser.type("[name=content-type]", "text/plain");
        browser.click("User property");
        browser.type("[aria-label='Name of the user property']", "site");
        browser.type("[aria-label='Value of the user property']", "north");

        browser.click("form", "Publish");

        browser.awaitText(".published", "success");
        Message message = next();
        assertThat(message.topic()).isEqualTo("out/a");
        assertThat(message.text()).isEqualTo("hello");
        assertThat(message.qos()).isEqualTo(Qos.AT_LEAST_ONCE);
        assertThat(message.contentType()).isEqualTo("text/plain");
        assertThat(message.userProperties()).containsExactly(new UserProperty("site", "north"));
    }

    @Test
    void a_published_message_can_be_sent_again() throws Exception {
        page.client().subscribe("out/#", received::add);
        browser.click("Publish");
        browser.type("[name=topic]", "out/a");
        browser.type("[name=payload]", "hello");
        browser.click("form", "Publish");
        assertThat(next().text()).isEqualTo("hello");

        browser.click(".published", "Again");

        assertThat(next().text()).isEqualTo("hello");
        browser.awaitText(".published h3", "2 messages");
    }

    @Test
    void a_value_of_the_history_is_published_again_byte_for_byte() throws Exception {
        byte[] payload = {0, 1, (byte) 0xff, 7};
        page.publish("in/a", payload);
        page.publish("in/a", "later");
        browser.topic("in/a");
        browser.click("History");
        browser.awaitText(".history tbody", "later");
        page.client().subscribe("in/a", received::add);

        browser.click(".history tbody tr:last-child", "Publish again");

        assertThat(next().payload()).isEqualTo(payload);
    }

    @Test
    void a_value_of_the_history_is_edited_and_published() throws Exception {
        page.publish("in/a", "original");
        browser.topic("in/a");
        browser.click("History");
        browser.click(".history tbody", "Edit");
        page.client().subscribe("out/b", received::add);

        browser.type("[name=topic]", "out/b");
        browser.type("[name=payload]", "edited");
        browser.click("form", "Publish");

        assertThat(next().text()).isEqualTo("edited");
    }

    @Test
    void hex_Base64_and_files_are_payloads_too() throws Exception {
        page.client().subscribe("out/#", received::add);
        Path file = folder.resolve("payload.bin");
        Files.write(file, new byte[100_000]);
        browser.click("Publish");
        browser.type("[name=topic]", "out/a");

        browser.click("form", "Hex");
        browser.type("[name=payload]", "00 ff 10");
        browser.click("form", "Publish");
        assertThat(next().payload()).isEqualTo(new byte[] {0, -1, 16});
        browser.click("form", "Base64");
        browser.type("[name=payload]", "AQID");
        browser.click("form", "Publish");
        assertThat(next().payload()).isEqualTo(new byte[] {1, 2, 3});
        browser.click("form", "File");
        browser.upload(".publish input[type=file]", file);
        browser.click("form", "Publish");

        assertThat(next().payload()).hasSize(100_000);
    }

    @Test
    void invalid_JSON_and_wildcards_are_refused_with_a_reason() {
        browser.click("Publish");
        browser.type("[name=topic]", "out/#");
        browser.awaitText("form", "+ and # are for subscriptions");
        browser.type("[name=topic]", "out/a");
        browser.click("form", "JSON");

        browser.type("[name=payload]", "{\"a\": tru}");

        browser.awaitText("form", "not valid JSON: unexpected character in line 1");
    }

    @Test
    void a_request_shows_its_response() throws Exception {
        page.client()
                .subscribe(
                        "service",
                        request -> page.client()
                                .publishAsync(Message.of(request.responseTopic(), "{\"answer\":42}")
                                        .withCorrelationData(request.correlationData())));
        browser.click("Publish");
        browser.type("[name=topic]", "service");
        browser.type("[name=payload]", "question");

        browser.click("Send as a request");

        browser.awaitText(".response", "\"answer\": 42");
    }

    @Test
    void read_only_pages_publish_nothing() throws Exception {
        page.close();
        page = RunningPage.start(kind, Files.createDirectory(folder.resolve("second")), browser, true);

        browser.click("Publish");

        browser.awaitText(".panel", "--read-only");
        browser.awaitText(".broker-bar", "read-only");
    }
}
