package io.godwit.cli.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.godwit.cli.output.Diagnostics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Two results of {@code --json} side by side: what was measured, how much it changed, and which settings differ. */
public final class Comparison {
    /** What is compared: the path in the JSON, what it is called, and whether more is better. */
    private record Measure(String path, String name, boolean moreIsBetter) {}

    private static final List<Measure> MEASURES = List.of(
            new Measure("published.perSecond", "published a second", true),
            new Measure("received.perSecond", "received a second", true),
            new Measure("received.lost", "lost", false),
            new Measure("received.duplicates", "duplicates", false),
            new Measure("received.outOfOrder", "out of order", false),
            new Measure("connections.perSecond", "connections a second", true),
            new Measure("latency.endToEnd.p50", "end to end p50, ms", false),
            new Measure("latency.endToEnd.p99", "end to end p99, ms", false),
            new Measure("latency.endToEnd.p99.9", "end to end p99.9, ms", false),
            new Measure("latency.endToEnd.maximum", "end to end maximum, ms", false),
            new Measure("latency.acknowledgement.p50", "acknowledgement p50, ms", false),
            new Measure("latency.acknowledgement.p99", "acknowledgement p99, ms", false),
            new Measure("latency.connect.p50", "connect p50, ms", false),
            new Measure("latency.connect.p99", "connect p99, ms", false),
            new Measure("latency.reconnect.p99", "reconnect p99, ms", false),
            new Measure("latency.subscribe.p99", "subscribe p99, ms", false),
            new Measure("latency.unsubscribe.p99", "unsubscribe p99, ms", false),
            new Measure("client.coresUsed", "cores used by the client", false));

    /** A change below this says nothing: single runs scatter as much. */
    private static final double NOISE = 0.05;

    private Comparison() {}

    /**
     * The lines of the comparison.
     *
     * @throws IllegalArgumentException if a file cannot be read or is not a result of {@code godwit bench --json}
     */
    public static List<String> of(Path first, Path second) {
        Map<String, String> one = read(first);
        Map<String, String> other = read(second);
        List<String> lines = new ArrayList<>();
        lines.add(row("", first.getFileName().toString(), second.getFileName().toString(), ""));
        for (Measure measure : MEASURES) {
            Double before = number(one.get(measure.path));
            Double after = number(other.get(measure.path));
            if (before != null && after != null && (before != 0 || after != 0)) {
                lines.add(row(measure.name, shown(before), shown(after), change(measure, before, after)));
            }
        }
        one.forEach((path, value) -> {
            String now = other.get(path);
            if (path.startsWith("settings.") && !path.equals("settings.topic") && !value.equals(now)) {
                lines.add("different setting: " + path.substring("settings.".length()) + " " + value + ", " + now);
            }
        });
        return lines;
    }

    private static String row(String name, String before, String after, String change) {
        return String.format(Locale.ROOT, "%-26s %14s %14s   %s", name, before, after, change)
                .stripTrailing();
    }

    private static String change(Measure measure, double before, double after) {
        if (before == 0) {
            return measure.moreIsBetter ? "better" : "worse";
        }
        double share = after / before - 1;
        String text = String.format(Locale.ROOT, "%+.1f %%", 100 * share);
        return Math.abs(share) < NOISE ? text : text + (share > 0 == measure.moreIsBetter ? ", better" : ", worse");
    }

    private static String shown(double value) {
        return String.format(Locale.ROOT, value >= 1_000 ? "%,.0f" : "%.3f", value);
    }

    private static @Nullable Double number(@Nullable String text) {
        try {
            return text == null ? null : Double.valueOf(text);
        } catch (NumberFormatException noNumber) {
            return null;
        }
    }

    /** The values by their paths, without those in arrays. */
    private static Map<String, String> read(Path file) {
        Map<String, String> values = new LinkedHashMap<>();
        try (JsonParser json = new JsonFactory().createParser(file.toFile())) {
            List<String> path = new ArrayList<>();
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                switch (token) {
                    case START_ARRAY -> json.skipChildren();
                    case START_OBJECT -> path.add(String.valueOf(json.currentName()));
                    case END_OBJECT -> path.remove(path.size() - 1);
                    case FIELD_NAME -> {}
                    default -> {
                        String above = path.size() < 2 ? "" : String.join(".", path.subList(1, path.size())) + ".";
                        values.put(above + json.currentName(), json.getText());
                    }
                }
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    e instanceof com.fasterxml.jackson.core.JacksonException
                            ? file + " is not a result of godwit bench --json"
                            : Diagnostics.about(file, e),
                    e);
        }
        if (!"1".equals(values.get("format"))) {
            throw new IllegalArgumentException(file + " is not a result of godwit bench --json");
        }
        return values;
    }
}
