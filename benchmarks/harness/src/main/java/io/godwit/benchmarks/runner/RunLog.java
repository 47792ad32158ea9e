package io.godwit.benchmarks.runner;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The results of a campaign on disk, a line for each run, written as soon as the run has ended: a campaign that is interrupted
 * loses nothing and can be resumed. The first line says with which settings it was begun.
 */
final class RunLog {
    private static final String NAME = "runs.tsv";

    // Set once.
    private final Path file;
    private final Map<String, Result> done;

    private RunLog(Path file, Map<String, Result> done) {
        this.file = file;
        this.done = done;
    }

    /** Starts a log; one that is there is replaced. */
    static RunLog begin(Path folder, String settings) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve(NAME);
        Files.writeString(file, settings + "\n");
        return new RunLog(file, Map.of());
    }

    /**
     * Continues a log; begins one if there is none.
     *
     * @throws IllegalArgumentException if it was begun with other settings
     */
    static RunLog resume(Path folder, String settings) throws IOException {
        Path file = folder.resolve(NAME);
        if (!Files.exists(file)) {
            return begin(folder, settings);
        }
        List<String> lines = new ArrayList<>(Files.readAllLines(file));
        String first = lines.isEmpty() ? "" : lines.remove(0);
        if (!first.equals(settings)) {
            throw new IllegalArgumentException("cannot resume " + file + ": it was begun with \"" + first
                    + "\", these settings are \"" + settings + "\"; use the same options, or another --out");
        }
        Map<String, Result> done = new LinkedHashMap<>();
        for (String line : lines) {
            int tab = line.lastIndexOf('\t');
            if (tab >= 0 && line.startsWith("result ", tab + 1)) {
                done.put(line.substring(0, tab), Result.parse(line.substring(tab + 1)));
            }
        }
        return new RunLog(file, done);
    }

    /** The result of a run that has been made; null: it is to be made, perhaps again because it failed. */
    @Nullable
    Result resultOf(Plan.Run run) {
        return done.get(key(run));
    }

    void add(Plan.Run run, Result result) throws IOException {
        append(
                run,
                new TreeMap<>(result.figures())
                        .entrySet().stream()
                                .map(figure -> figure.getKey() + "=" + figure.getValue())
                                .collect(Collectors.joining(" ", "result ", "")));
    }

    void addFailure(Plan.Run run, String message) throws IOException {
        append(run, "failed " + message.replaceAll("\\s+", " "));
    }

    private void append(Plan.Run run, String text) throws IOException {
        Files.writeString(file, key(run) + "\t" + text + "\n", StandardCharsets.UTF_8, StandardOpenOption.APPEND);
    }

    private static String key(Plan.Run run) {
        return (run.round() + 1) + "\t" + run.scenario().name() + "\t"
                + run.contender().name();
    }
}
