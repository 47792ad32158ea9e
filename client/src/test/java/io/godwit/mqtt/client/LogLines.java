package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/** What the clients of a test log, and the lines that docs/observability.md lists. */
final class LogLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private static final Pattern ROW = Pattern.compile("^\\| (INFO|WARN) \\| `([^`]+)` \\|.*$", Pattern.MULTILINE);

    private final Logger logger = (Logger) LoggerFactory.getLogger(MqttClient.class);
    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
    private final Set<String> documented = documented();
    private final Set<String> seen = new TreeSet<>();

    LogLines() {
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        logger.addAppender(this);
        start();
    }

    /** Level and text of each line of the document, with {@code <...>} for what differs. */
    static Set<String> documented() {
        try {
            Matcher rows = ROW.matcher(Files.readString(Path.of("../docs/observability.md")));
            return rows.results()
                    .map(row -> row.group(1) + " " + row.group(2))
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected void append(ILoggingEvent event) {
        events.add(event);
    }

    /** Takes lines at DEBUG too. */
    void debug() {
        logger.setLevel(Level.DEBUG);
    }

    List<String> debugLines() {
        return events.stream()
                .filter(event -> event.getLevel() == Level.DEBUG)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    /** Every line so far at INFO and above, as level and message. */
    List<String> lines() {
        return events.stream()
                .filter(event -> event.getLevel() != Level.DEBUG)
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }

    /** Waits for a line that is documented like this; returns it. */
    String await(String template) {
        return await(template, Duration.ofSeconds(10));
    }

    String await(String template, Duration atMost) {
        assertThat(documented).as("docs/observability.md lists the line").contains(template);
        Pattern pattern = pattern(template);
        org.awaitility.Awaitility.await(template)
                .atMost(atMost)
                .untilAsserted(() -> assertThat(lines())
                        .anyMatch(line -> pattern.matcher(line).matches()));
        seen.add(template);
        return lines().stream()
                .filter(line -> pattern.matcher(line).matches())
                .findFirst()
                .orElseThrow();
    }

    long count(String template) {
        Pattern pattern = pattern(template);
        return lines().stream().filter(line -> pattern.matcher(line).matches()).count();
    }

    /** Checks that each line is documented and has the client identifier. */
    void assertDocumented() {
        List<Pattern> patterns = documented.stream().map(LogLines::pattern).toList();
        assertThat(lines())
                .allMatch(line ->
                        patterns.stream().anyMatch(each -> each.matcher(line).matches()));
    }

    Set<String> seen() {
        return seen;
    }

    private static Pattern pattern(String template) {
        String level = template.substring(0, 4);
        String text = "client '<identifier>': " + template.substring(5);
        String regex = Pattern.compile("<[^>]+>")
                .splitAsStream(text)
                .map(Pattern::quote)
                .collect(Collectors.joining(".*"));
        return Pattern.compile(level + " " + regex + (text.endsWith(">") ? ".*" : ""));
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        logger.setAdditive(true);
        logger.setLevel(null);
        stop();
    }
}
