package io.godwit.interop.kafka;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What a campaign has found so far: as tables for docs/kafka.md, and as JSON. Main thread only. */
final class CampaignReport {
    /** How a campaign ends. */
    enum State {
        RUNNING,
        COMPLETE,
        STOPPED,
        FAILED
    }

    // Set once.
    private final String title;
    private final Map<String, Object> conditions;
    private final int planned;
    private final long start = System.nanoTime();

    // Changed as the campaign goes on.
    private final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
    private State state = State.RUNNING;
    long published;
    Map<String, BitSet> acknowledged = Map.of();
    Map<String, BitSet> missing = Map.of();
    Map<String, BitSet> notReturned = Map.of();
    Map<String, Long> duplicatesByPublisher = Map.of();
    long records;
    long duplicates;
    long mostDuplicates;
    long returned;
    long returnedDuplicates;
    long longestGapMillis;
    int failedTasks;

    /** How many duplicates docs/kafka.md allows for one fault. */
    private final long bound;

    private final boolean hasSink;

    CampaignReport(String title, Map<String, Object> conditions, int planned, long bound, boolean hasSink) {
        this.title = title;
        this.conditions = conditions;
        this.planned = planned;
        this.bound = bound;
        this.hasSink = hasSink;
    }

    void count(Fault fault) {
        faults.merge(fault, 1, Integer::sum);
    }

    int faults() {
        return faults.values().stream().mapToInt(each -> each).sum();
    }

    void end(State ended) {
        state = ended;
    }

    /** Nothing is lost, and nothing came more often than documented. */
    boolean isGood() {
        return state != State.FAILED && missing.isEmpty() && notReturned.isEmpty() && mostDuplicates <= bound;
    }

    /** The line of progress after a fault. */
    String progress(Fault last) {
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        return String.format(
                Locale.ROOT,
                "%d:%02d  %d/%d  %s: %,d published, %,d records, %,d duplicates%s",
                took.toMinutes(),
                took.toSecondsPart(),
                faults(),
                planned,
                last.text,
                published,
                records,
                duplicates,
                hasSink ? String.format(Locale.ROOT, ", %,d returned", returned) : "");
    }

    void print(PrintWriter out) {
        out.println(title + (state == State.COMPLETE ? "" : " (" + state.name().toLowerCase(Locale.ROOT) + ")"));
        out.println();
        out.println("| fault | times |\n|---|---|");
        faults.forEach((fault, times) -> out.println("| " + fault.text + " | " + times + " |"));
        out.println("| all | " + faults() + " |");
        out.println();
        out.println("| result | |\n|---|---|");
        rows().forEach(row -> out.println("| " + row.name() + " | " + row.text() + " |"));
        out.println();
        missing.forEach(
                (publisher, numbers) -> out.println("missing in Kafka, of " + publisher + ": " + ranges(numbers)));
        notReturned.forEach((publisher, numbers) ->
                out.println("not published by the sink, of " + publisher + ": " + ranges(numbers)));
        if (mostDuplicates > bound) {
            out.println("more duplicates after one fault than documented: " + mostDuplicates + " > " + bound);
        }
        out.flush();
    }

    private record Row(String name, String text) {
        Row(String name, long value) {
            this(name, String.format(Locale.ROOT, "%,d", value));
        }
    }

    private List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        rows.add(new Row("numbers published", published));
        rows.add(new Row("acknowledged to the publisher", size(acknowledged)));
        rows.add(new Row("of these missing in Kafka", size(missing)));
        rows.add(new Row("records in Kafka", records));
        rows.add(new Row("duplicates", duplicates));
        rows.add(new Row("duplicates after one fault, at most", mostDuplicates));
        rows.add(new Row("duplicates for one fault that the guarantee allows", bound));
        rows.add(new Row(
                "duplicates for each fault, on average",
                String.format(Locale.ROOT, "%.1f", (double) duplicates / Math.max(1, faults()))));
        rows.add(new Row(
                "longest time without a record", String.format(Locale.ROOT, "%.1f s", longestGapMillis / 1000.0)));
        rows.add(new Row("tasks that failed and had to be restarted by hand", failedTasks));
        if (hasSink) {
            rows.add(new Row("records that the sink did not publish", size(notReturned)));
            rows.add(new Row("messages published by the sink", returned));
            rows.add(new Row("of these duplicates", returnedDuplicates));
        }
        return rows;
    }

    private static long size(Map<String, BitSet> numbers) {
        return numbers.values().stream().mapToLong(BitSet::cardinality).sum();
    }

    /** Such as 3-7, 9. */
    static String ranges(BitSet numbers) {
        List<String> ranges = new ArrayList<>();
        for (int from = numbers.nextSetBit(0); from >= 0; ) {
            int to = numbers.nextClearBit(from) - 1;
            ranges.add(from == to ? "" + from : from + "-" + to);
            from = numbers.nextSetBit(to + 1);
        }
        return String.join(", ", ranges);
    }

    /** Replaces the file, so that whoever reads it meanwhile finds a whole one. */
    void write(Path file) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(next, json() + "\n");
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /** The file that a user named, in the folder where the script was started. */
    static Path file(Path named) {
        return Path.of(System.getProperty("godwit.from", "")).resolve(named).toAbsolutePath();
    }

    String json() {
        Map<String, Object> all = new LinkedHashMap<>(conditions);
        all.put("state", state.name().toLowerCase(Locale.ROOT));
        all.put("seconds", (System.nanoTime() - start) / 1_000_000_000);
        all.put("faultsPlanned", planned);
        all.put("faults", faults());
        all.put(
                "faultsByKind",
                faults.entrySet().stream()
                        .collect(Collectors.toMap(
                                each -> each.getKey()
                                        .name()
                                        .toLowerCase(Locale.ROOT)
                                        .replace('_', '-'),
                                Map.Entry::getValue,
                                (one, other) -> one,
                                TreeMap::new)));
        all.put("published", published);
        all.put("acknowledged", size(acknowledged));
        all.put("missing", size(missing));
        all.put("missingNumbers", texts(missing));
        all.put("records", records);
        all.put("duplicates", duplicates);
        all.put("duplicatesByPublisher", duplicatesByPublisher);
        all.put("duplicatesAfterOneFault", mostDuplicates);
        all.put("duplicatesAllowedAfterOneFault", bound);
        all.put("longestGapMillis", longestGapMillis);
        all.put("failedTasks", failedTasks);
        if (hasSink) {
            all.put("notReturned", size(notReturned));
            all.put("notReturnedNumbers", texts(notReturned));
            all.put("returned", returned);
            all.put("returnedDuplicates", returnedDuplicates);
        }
        return object(all);
    }

    private static Map<String, String> texts(Map<String, BitSet> numbers) {
        return numbers.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, each -> ranges(each.getValue())));
    }

    static String object(Map<?, ?> members) {
        return members.entrySet().stream()
                .map(each -> "\"" + each.getKey() + "\": " + value(each.getValue()))
                .collect(Collectors.joining(", ", "{", "}"));
    }

    private static String value(Object value) {
        if (value instanceof Map<?, ?> map) {
            return object(map);
        }
        return value instanceof Number || value instanceof Boolean ? String.valueOf(value) : "\"" + value + "\"";
    }
}
