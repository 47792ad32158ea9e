package io.godwit.checks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The end of the build: a table of the tests that were skipped and why. In strict mode a skip is a failure, unless its reason
 * is one of the allowed ones: those of another operating system, say.
 */
public final class SkipSummary {
    private static final String FILE = "skipped-tests.tsv";

    private final PrintStream out;
    private final List<Pattern> allowed;

    SkipSummary(PrintStream out, List<Pattern> allowed) {
        this.out = out;
        this.allowed = allowed;
    }

    /**
     * Prints the table of the build that started at {@code arguments[1]}.
     *
     * @param arguments the root of the repository; the time, as in {@code 2026-11-23T00:00:00Z}; {@code fail} to fail because of
     *     a skip; the file with the allowed reasons, a regular expression a line
     */
    public static void main(String[] arguments) throws IOException {
        summarize(System.out, arguments);
    }

    static void summarize(PrintStream out, String... arguments) throws IOException {
        Path root = Path.of(arguments[0]);
        List<Pattern> allowed = Files.readAllLines(Path.of(arguments[3])).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(Pattern::compile)
                .toList();
        List<Row> forbidden = new SkipSummary(out, allowed).print(runs(root, Instant.parse(arguments[1])));
        if (arguments[2].equals("fail") && !forbidden.isEmpty()) {
            throw new IllegalStateException(
                    forbidden.size() + " of the skipped tests could have run here: install what they"
                            + " name, or add the reason to " + arguments[3]);
        }
    }

    /** A line of the table. */
    record Row(String module, SkippedTest test) {}

    /** Prints the table, and returns the rows whose reasons are not allowed. */
    List<Row> print(Map<String, SkippedTest.Run> runs) {
        List<Row> rows = new ArrayList<>();
        runs.forEach((module, run) -> run.skipped().forEach(test -> rows.add(new Row(module, test))));
        int ran = runs.values().stream().mapToInt(SkippedTest.Run::tests).sum();
        out.println("Tests: " + ran + " ran, " + rows.size() + " skipped.");
        if (rows.isEmpty()) {
            return rows;
        }
        int modules = width(rows.stream().map(Row::module).toList(), "module");
        int tests = width(rows.stream().map(row -> row.test().test()).toList(), "test");
        String format = "  %-" + modules + "s  %-" + tests + "s  %s%n";
        out.printf(format, "module", "test", "reason");
        rows.stream()
                .sorted(Comparator.comparing(Row::module)
                        .thenComparing(row -> row.test().reason()))
                .forEach(row -> out.printf(
                        format, row.module(), row.test().test(), row.test().reason()));
        return rows.stream().filter(row -> !isAllowed(row.test().reason())).toList();
    }

    private boolean isAllowed(String reason) {
        return allowed.stream().anyMatch(pattern -> pattern.matcher(reason).find());
    }

    private static int width(List<String> cells, String heading) {
        return cells.stream().mapToInt(String::length).reduce(heading.length(), Math::max);
    }

    /** What the listener wrote since {@code start}, by module. */
    static Map<String, SkippedTest.Run> runs(Path root, Instant start) throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = String.valueOf(folder.getFileName());
                boolean leftOut = name.startsWith(".") && !folder.equals(root) || name.equals("src");
                return leftOut ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.endsWith(FILE)
                        && !attributes.lastModifiedTime().toInstant().isBefore(start)) {
                    files.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return files.stream()
                .collect(Collectors.toMap(
                        file -> root.relativize(file).toString().replaceFirst("[/\\\\]target[/\\\\].*", ""),
                        SkippedTest.Run::read,
                        (one, other) -> one,
                        TreeMap::new));
    }
}
