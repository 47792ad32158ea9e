package io.godwit.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The places that break a rule today, one a line in {@code src/test/exceptions}. A list only gets shorter: a violation that is
 * not listed fails, and so does a listed one that is gone. {@code -Dexceptions.shrink} removes what is gone from the files.
 */
final class KnownExceptions {
    private KnownExceptions() {}

    /**
     * Fails unless {@code found} is what the file lists.
     *
     * @param list the file's name without {@code .txt}
     * @param rule what must hold, for the message
     */
    static void check(String list, String rule, Collection<String> found) {
        Path file = Path.of("src/test/exceptions", list + ".txt");
        List<String> lines = read(file);
        List<String> listed = lines.stream().filter(KnownExceptions::isEntry).toList();
        List<String> fresh = new TreeSet<>(found)
                .stream().filter(each -> !listed.contains(each)).toList();
        List<String> gone =
                listed.stream().filter(each -> !found.contains(each)).toList();
        assertThat(fresh)
                .as("%s; these violations are not among the exceptions in architecture-tests/%s", rule, file)
                .isEmpty();
        if (!gone.isEmpty() && System.getProperty("exceptions.shrink") != null) {
            write(file, lines.stream().filter(line -> !gone.contains(line)));
            return;
        }
        assertThat(gone)
                .as("exceptions in architecture-tests/%s that no longer exist: remove these lines", file)
                .isEmpty();
    }

    private static boolean isEntry(String line) {
        return !line.isBlank() && !line.startsWith("#");
    }

    private static List<String> read(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, Stream<String> lines) {
        try {
            Files.writeString(file, lines.collect(Collectors.joining("\n", "", "\n")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
