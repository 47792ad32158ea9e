package io.godwit.web.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Earlier values: as a table, as files, and as a recording with a time line. */
class HistoryScenariosTest extends PageScenarios {
    @Test
    void the_history_is_a_table_with_the_newest_value_on_top() {
        page.publish("a", "first");
        page.publish("a", "second");
        browser.topic("a");

        browser.click("History");

        browser.awaitText(".history tbody tr:first-child", "second");
        browser.awaitText(".history tbody tr:last-child", "first");
        page.publish("a", "third");
        browser.awaitText(".history tbody tr:first-child", "third");
    }

    @Test
    void an_earlier_value_can_be_shown_in_full() {
        page.publish("a", "{\"n\":1}");
        page.publish("a", "{\"n\":2}");
        browser.topic("a");
        browser.click("History");
        browser.awaitText(".history tbody tr:last-child", "1");

        browser.click(".history tbody tr:last-child", "");

        browser.awaitText(".code", "\"n\": 1");
        browser.click("Back to the last");
        browser.awaitText(".code", "\"n\": 2");
    }

    @Test
    void the_history_is_exported_as_CSV_and_as_a_recording() {
        page.publish("plant/a", "21.5");
        page.publish("plant/a", "22.5");
        browser.topic("plant/a");
        browser.click("History");
        browser.awaitText(".history", "22.5");

        String csv = download("CSV");
        String recording = download("Recording");

        assertThat(csv.lines()).hasSize(3);
        assertThat(csv).contains("21.5", "22.5");
        assertThat(recording.lines().filter(line -> line.contains("plant/a"))).hasSize(2);
    }

    @Test
    void a_recording_opens_like_a_broker_with_a_time_line() throws IOException {
        page.publish("plant/a", "1");
        page.publish("plant/a", "2");
        browser.topic("plant/a");
        browser.click("History");
        browser.awaitText(".history", "kept");
        await().atMost(Browser.SOON)
                .until(() -> browser.texts(".history tbody tr").size() == 2);
        Path file = folder.resolve("day.jsonl");
        Files.writeString(file, download("Recording"));

        browser.click("Add a broker");
        browser.upload("[name=recording]", file);

        browser.awaitText("[role=tab][aria-selected=true]", "day.jsonl");
        browser.awaitText(".timeline", "2 messages");
        browser.run("""
                const it = document.querySelector('.timeline input');
                it.value = it.max;
                it.dispatchEvent(new Event('input', {bubbles: true}));
                it.dispatchEvent(new Event('change', {bubbles: true}));""");
        browser.topic("plant/a");
        browser.awaitText(".code", "2");
    }

    @Test
    void what_arrives_can_be_recorded_and_opened_here() {
        browser.click("Connection");
        browser.type("[aria-label='Topic filter of the recording']", "plant/#");
        browser.click("[aria-label=Record]", "Record");
        browser.awaitText(".broker-bar", "recording");
        page.publish("plant/a", "1");
        browser.awaitText("[aria-label=Record]", "1 message");

        browser.click("Stop");
        browser.click("Open it here");

        await().atMost(Browser.SOON).until(() -> browser.texts(".timeline").size() == 1);
        browser.awaitText(".timeline", "message");
    }

    /** What the link with this text leads to. */
    private String download(String link) {
        return (String) browser.runAsync("""
                const [name, done] = arguments;
                const link = [...document.querySelectorAll('.export a')].find((it) => it.textContent === name);
                fetch(link.href).then((it) => it.text()).then(done, (error) => done(String(error)));""", link);
    }
}
