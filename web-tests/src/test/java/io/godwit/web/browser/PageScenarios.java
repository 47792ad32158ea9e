package io.godwit.web.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Scenarios that are played with each broker: each starts with an empty broker, whose topics the page shows. */
@ParameterizedClass
@EnumSource(BrokerKind.class)
@ExtendWith(BrowserExtension.class)
@Tag("page")
abstract class PageScenarios {
    @Parameter
    BrokerKind kind;

    @TempDir
    Path folder;

    // Set before each test.
    Browser browser;
    RunningPage page;

    @BeforeEach
    void start(Browser given) throws Exception {
        browser = given;
        page = RunningPage.start(kind, folder, browser);
    }

    @AfterEach
    void stop() throws Exception {
        List<String> errors = browser.errors();
        page.close();
        assertThat(errors).as("errors in the browser's console").isEmpty();
    }
}
