package io.godwit.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The figures in the migration guides: lines of code, jars and bytes of the four programs. {@code ./mvnw -Dfast -pl
 * examples/migration/comparison -am package -Dtest=FiguresTest -Dfigures.update} writes them.
 */
class FiguresTest {
    private static final Path GUIDES = Program.EXAMPLES.getParent().getParent().resolve("docs/migration");
    private static final Pattern FIGURES =
            Pattern.compile("(?<=<!-- figures -->\n\n).*?(?=\n\n<!-- end of figures -->)", Pattern.DOTALL);
    private static final double SOME = 0.05;

    @ParameterizedTest
    @ValueSource(strings = {"paho", "hivemq", "vertx"})
    void the_guide_has_the_figures(String name) throws IOException {
        Path guide = GUIDES.resolve(name + ".md");
        String text = Files.readString(guide);
        if (Boolean.getBoolean("figures.update")) {
            text = FIGURES.matcher(text).replaceFirst(table());
            Files.writeString(guide, text);
        }
        String figures = FIGURES.matcher(text)
                .results()
                .map(MatchResult::group)
                .findFirst()
                .orElseThrow();

        assertThat(row(figures, "lines of code")).isEqualTo(cells(program -> String.valueOf(program.lines())));
        for (int i = 0; i < Program.values().length; i++) {
            Program program = Program.values()[i];
            if (program.isMeasurable()) {
                assertThat(row(figures, "jars").get(i))
                        .isEqualTo(String.valueOf(program.dependencies().size()));
                assertThat(Double.parseDouble(row(figures, "megabytes").get(i)))
                        .isCloseTo(program.bytes() / 1e6, within(SOME + 0.05 * program.bytes() / 1e6));
            }
        }
    }

    /** Without jars of our own there is nothing to measure; CI makes them. */
    private static String table() {
        assertThat(Program.values()).as("needs jars: use the phase package").allMatch(Program::isMeasurable);
        return Stream.of(
                        "| | Paho 1.2.5 | HiveMQ's client 1.4.2 | Vert.x 5.0.7 | Godwit with its store |",
                        "| --- | --- | --- | --- | --- |",
                        line("lines of code", program -> String.valueOf(program.lines())),
                        line(
                                "jars",
                                program -> String.valueOf(program.dependencies().size())),
                        line("megabytes", program -> String.format(Locale.ROOT, "%.1f", program.bytes() / 1e6)))
                .collect(Collectors.joining("\n"));
    }

    private static String line(String name, Function<Program, String> cell) {
        return "| " + name + " | " + String.join(" | ", cells(cell)) + " |";
    }

    private static List<String> cells(Function<Program, String> cell) {
        return Arrays.stream(Program.values()).map(cell).toList();
    }

    private static List<String> row(String table, String name) {
        String line = table.lines()
                .filter(each -> each.startsWith("| " + name + " |"))
                .findFirst()
                .orElseThrow();
        List<String> cells = Stream.of(line.split("\\|")).map(String::strip).toList();
        return cells.subList(2, cells.size());
    }
}
