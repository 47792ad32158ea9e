package io.godwit.checks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A test that did not run.
 *
 * @param test class and method
 * @param reason what the test said it lacks, on one line
 */
record SkippedTest(String test, String reason) {

    /**
     * What one module's tests did.
     *
     * @param tests how many ran
     */
    record Run(int tests, List<SkippedTest> skipped) {

        void write(Path file) {
            List<String> lines = new ArrayList<>();
            lines.add(String.valueOf(tests));
            skipped.forEach(each -> lines.add(each.test + "\t" + each.reason));
            try {
                Files.createDirectories(file.toAbsolutePath().getParent());
                Files.write(file, lines);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        static Run read(Path file) {
            try {
                List<String> lines = Files.readAllLines(file);
                List<SkippedTest> skipped = lines.stream()
                        .skip(1)
                        .map(line -> line.split("\t", 2))
                        .map(parts -> new SkippedTest(parts[0], parts[1]))
                        .toList();
                return new Run(Integer.parseInt(lines.get(0)), skipped);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
