package io.godwit.web.browser;

import static org.awaitility.Awaitility.await;

import io.godwit.checks.Programs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * A headless Chromium that shows the page, used as a user uses it: by what is written on the screen, and by the keyboard. Each question is
 * asked until the page has the answer.
 */
final class Browser implements AutoCloseable {
    static final Duration SOON = Duration.ofSeconds(20);

    private static final String NAMED = """
            const [name, place] = arguments;
            const shown = (it) => it.checkVisibility();
            const nameOf = (it) => (it.getAttribute("aria-label") ?? it.textContent).replace(/\\s+/g, " ").trim();
            const all = [...(document.querySelector(place ?? "dialog[open]") ?? document)
                    .querySelectorAll("button, a, summary, [role=tab], label.check, label.button")].filter(shown);
            return all.find((it) => nameOf(it) === name) ?? all.find((it) => nameOf(it).startsWith(name)) ?? null;
            """;
    private static final String CHOICE = """
            const [field, value] = arguments;
            const it = document.querySelector(field);
            if (!it || ![...it.options].some((option) => option.value === value)) return false;
            it.value = value;
            it.dispatchEvent(new Event("change", {bubbles: true}));
            return true;
            """;
    private static final String TOPIC = """
            const [levels] = arguments;
            const rows = [...document.querySelectorAll(".tree-row[id]")]
                .sort((a, b) => a.getAttribute("aria-rowindex") - b.getAttribute("aria-rowindex"));
            let at = 0;
            for (let level = 1; level <= levels.length; level++) {
                const found = rows.slice(at).find((it) => it.getAttribute("aria-level") == level
                    && it.querySelector(".topic-name").textContent === levels[level - 1]);
                if (!found) return false;
                if (level === levels.length) {
                    found.click();
                    return true;
                }
                if (found.getAttribute("aria-expanded") !== "true") {
                    found.querySelector(".twisty").click();
                    return false;
                }
                at = rows.indexOf(found) + 1;
            }
            """;

    // Set once.
    private final ChromeDriver driver;
    private final boolean notesNetwork;

    private Browser(ChromeDriver driver, boolean notesNetwork) {
        this.driver = driver;
        this.notesNetwork = notesNetwork;
    }

    /** Starts one. The test is skipped where Chromium or its driver is not installed. */
    static Browser start(Path profile) {
        return start(profile, true);
    }

    /** The same, but it does not note what goes through the network: its driver would keep each message. */
    static Browser startForLoad(Path profile) {
        return start(profile, false);
    }

    private static Browser start(Path profile, boolean notesNetwork) {
        Path chromium = Programs.require("chromium");
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(Programs.require("chromedriver").toFile())
                .usingAnyFreePort()
                .withSilent(true)
                .build();
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium.toFile());
        options.addArguments(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--force-color-profile=srgb",
                "--user-data-dir=" + profile);
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        logs.enable(LogType.PERFORMANCE, notesNetwork ? Level.ALL : Level.OFF);
        options.setCapability("goog:loggingPrefs", logs);
        return new Browser(new ChromeDriver(service, options), notesNetwork);
    }

    /** Opens an address in a window of this size, with the browser's storage empty. */
    void open(String address, int width, int height) {
        size(width, height);
        colours("light");
        driver.executeCdpCommand("Storage.clearDataForOrigin", Map.of("origin", address, "storageTypes", "all"));
        logs(LogType.BROWSER);
        if (notesNetwork) {
            logs(LogType.PERFORMANCE);
        }
        driver.get(address);
    }

    void leave() {
        driver.get("about:blank");
    }

    void size(int width, int height) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    /** What the system of the user prefers: "light" or "dark". */
    void colours(String scheme) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** Clicks the button, tab or link with this name, or whose name begins so. */
    void click(String name) {
        click(null, name);
    }

    /** The same, within the element that this CSS selector finds. */
    void click(@Nullable String place, String name) {
        await("a button '" + name + "'").atMost(SOON).ignoreExceptions().until(() -> {
            WebElement found = (WebElement) run(NAMED, name, place);
            if (found == null || !found.isEnabled()) {
                return false;
            }
            found.click();
            return true;
        });
    }

    boolean has(String name) {
        return run(NAMED, name, null) != null;
    }

    /** Opens the rows above a topic and selects it. */
    void topic(String topic) {
        List<String> levels = Stream.of(topic.split("/", -1))
                .map(level -> level.isEmpty() ? "(empty)" : level)
                .toList();
        await("the row of " + topic)
                .atMost(SOON)
                .pollInterval(Duration.ofMillis(150))
                .until(() -> Objects.equals(run(TOPIC, levels), true));
    }

    /** Replaces the text of a field; the field is found by CSS. */
    void type(String field, CharSequence text) {
        await(field).atMost(SOON).ignoreExceptions().until(() -> {
            WebElement found = driver.findElement(By.cssSelector(field));
            found.sendKeys(Keys.chord(Keys.CONTROL, "a"), Keys.DELETE);
            found.sendKeys(text);
            return true;
        });
    }

    /** Chooses a file for an upload. */
    void upload(String field, Path file) {
        driver.findElement(By.cssSelector(field)).sendKeys(file.toAbsolutePath().toString());
    }

    /** Chooses the option with this value. */
    void choose(String field, String value) {
        await("the option " + value + " of " + field)
                .atMost(SOON)
                .until(() -> Objects.equals(run(CHOICE, field, value), true));
    }

    /** Presses keys, wherever the focus is. */
    void press(CharSequence... keys) {
        new Actions(driver).sendKeys(keys).perform();
    }

    void focus(String element) {
        run("document.querySelector(arguments[0]).focus()", element);
    }

    /** The text of all elements that match, as the page has it. */
    List<String> texts(String elements) {
        Object found = run(
                "return [...document.querySelectorAll(arguments[0])].filter((it) => it.checkVisibility()).map((it) => it.innerText)",
                elements);
        return ((List<?>) Objects.requireNonNull(found))
                .stream().map(String::valueOf).toList();
    }

    String text(String element) {
        return String.join("\n", texts(element));
    }

    /** Waits until the text of an element contains this. */
    void awaitText(String element, String part) {
        String[] last = {""};
        await("'" + part + "' in " + element)
                .atMost(SOON)
                .conditionEvaluationListener(condition -> {})
                .untilAsserted(() -> {
                    last[0] = text(element);
                    if (!last[0].contains(part)) {
                        throw new AssertionError("'" + part + "' is not in " + element + ": " + last[0]);
                    }
                });
    }

    /** The text of all rows of the tree, by topic level. */
    List<String> treeNames() {
        return texts(".tree-row .topic-name");
    }

    /** Runs a script in the page. */
    @Nullable
    Object run(String script, @Nullable Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    /** Runs a script whose last argument is the function that it calls with its result. */
    @Nullable
    Object runAsync(String script, Object... arguments) {
        driver.manage().timeouts().scriptTimeout(Duration.ofMinutes(1));
        return driver.executeAsyncScript(script, arguments);
    }

    /** Runs a script in each page that is opened from now on, before the page's own. */
    void beforeEachPage(String script) {
        driver.executeCdpCommand("Page.addScriptToEvaluateOnNewDocument", Map.of("source", script));
    }

    /** What the browser measures of the page since it was opened, durations in seconds of processor time of its thread. */
    Map<String, Double> metrics() {
        driver.executeCdpCommand("Performance.enable", Map.of("timeDomain", "threadTicks"));
        Map<String, Double> metrics = new HashMap<>();
        for (Object entry : (List<?>) Objects.requireNonNull(
                driver.executeCdpCommand("Performance.getMetrics", Map.of()).get("metrics"))) {
            Map<?, ?> metric = (Map<?, ?>) entry;
            metrics.put(String.valueOf(metric.get("name")), ((Number) metric.get("value")).doubleValue());
        }
        return metrics;
    }

    byte[] screenshot() {
        return driver.getScreenshotAs(OutputType.BYTES);
    }

    /** Errors that the page has written to the console since it was opened. */
    List<String> errors() {
        return logs(LogType.BROWSER).stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(LogEntry::getMessage)
                .filter(message -> !message.contains("/favicon.ico")) // the browser's own guess, while it closes a page
                .toList();
    }

    /** What the browser did with the network since the page was opened, as events of the DevTools protocol in JSON. */
    List<String> network() {
        return logs(LogType.PERFORMANCE).stream()
                .map(LogEntry::getMessage)
                .filter(message -> message.contains("\"Network."))
                .toList();
    }

    private List<LogEntry> logs(String type) {
        return driver.manage().logs().get(type).getAll();
    }

    @Override
    public void close() {
        driver.quit();
    }
}
