package io.godwit.web.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** axe-core finds no violation in any view, in either colours, in wide and narrow windows. */
@ExtendWith(BrowserExtension.class)
@Tag("page")
class AccessibilityTest {
    private static final String VIOLATIONS = """
            const [done] = arguments;
            axe.run().then(({violations}) => done(violations.flatMap((it) => it.nodes.map((node) =>
                `${it.id}: ${node.target} ${node.failureSummary}`))), (error) => done([String(error)]));""";

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
        page.close();
    }

    @ParameterizedTest
    @CsvSource({"light, 1440", "dark, 1440", "light, 390", "dark, 390"})
    void no_view_has_a_violation(String colours, int width) throws IOException {
        PlantTopics.publish(page);
        browser.colours(colours);
        browser.size(width, 900);
        browser.run(Files.readString(Path.of(System.getProperty("page.packages"), "axe-core", "axe.min.js")));
        assertNoViolation("tree");

        browser.topic("plant/line-1/oven/state");
        browser.awaitText(".code", "running");
        browser.awaitText(".legend", "speed");
        assertNoViolation("message and chart");
        for (String dock : List.of("Changes", "History", "Live")) {
            browser.click(".dock-tabs", dock);
            browser.awaitText(".dock-tabs [aria-selected=true]", dock);
            assertNoViolation(dock);
        }
        for (String view : List.of("Publish", "Retained", "Dashboard", "Connection")) {
            browser.click(".sections", view);
            browser.awaitText(".sections [aria-current]", view);
            assertNoViolation(view);
        }
        for (String dialog : List.of("About", "Decoder rules", "Add a broker")) {
            browser.click(dialog);
            browser.awaitText("dialog h2", dialog);
            assertNoViolation(dialog);
            browser.click("Close");
        }
        page.add("mqtt://127.0.0.1:1", "away");
        browser.awaitText(".problem", "127.0.0.1:1");
        assertNoViolation("problem");
    }

    private void assertNoViolation(String view) {
        assertThat((List<?>) browser.runAsync(VIOLATIONS)).as(view).isEmpty();
    }
}
