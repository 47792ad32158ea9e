package io.godwit.benchmarks.runner;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The entry of {@code benchmarks/run}: reads the command line, runs the campaign, writes and prints the reports. */
public final class Main {

    private Main() {}

    /** The first argument is the folder of the project, the others are the user's. */
    public static void main(String[] args) throws Exception {
        List<String> words = List.of(args).subList(1, args.length);
        if (words.contains("--help")) {
            System.out.print(Options.HELP);
            return;
        }
        Options options;
        Results results;
        try {
            options = Options.parse(Path.of(args[0]), words);
            results = new Campaign(options).run();
        } catch (IllegalArgumentException e) {
            System.err.println("benchmarks/run: " + e.getMessage());
            System.exit(2);
            return;
        }
        Files.createDirectories(options.out());
        Markdown markdown = new Markdown(results);
        Path out = options.out();
        Files.writeString(out.resolve("report.md"), markdown.toString());
        String json = Json.of(results);
        Files.writeString(out.resolve("report.json"), json);
        Charts charts = new Charts(results);
        charts.writeTo(out);
        Files.writeString(out.resolve("report.html"), charts.html(markdown.toString()));
        System.out.println(words.contains("--json") ? json : markdown);
        System.err.println("Plots, tables and raw figures: " + out.resolve("report.html"));
        if (!results.failures().isEmpty()) {
            System.exit(1);
        }
    }
}
