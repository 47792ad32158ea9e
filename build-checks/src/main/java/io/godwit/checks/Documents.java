package io.godwit.checks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The README and the guides, and the blocks of code in them, for the tests that run what is printed there. */
public final class Documents {
    private static final String FENCE = "```";

    private Documents() {}

    /**
     * A block of code.
     *
     * @param file from the root of the repository, such as {@code docs/cli.md}
     * @param line of its fence, from 1
     * @param heading the last heading above it, without its number signs; empty if there is none
     * @param language such as {@code java}; empty if the fence names none
     * @param text its lines, each with its line end
     */
    public record Block(String file, int line, String heading, String language, String text) {
        @Override
        public String toString() {
            return file + ":" + line;
        }
    }

    /** The folder of the repository. */
    public static Path root() {
        Path here = Path.of("").toAbsolutePath();
        for (Path root = here; root != null; root = root.getParent()) {
            if (Files.exists(root.resolve("ARCHITECTURE.md"))) {
                return root;
            }
        }
        throw new IllegalStateException(here + " is not within the repository");
    }

    /** Everything that users read: the README, the documents beside it, and all of docs. */
    public static List<Path> files() {
        Path root = root();
        try (Stream<Path> guides = Files.walk(root.resolve("docs"))) {
            return Stream.concat(
                            Stream.of("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "interop/README.md")
                                    .map(root::resolve),
                            guides.filter(file -> file.toString().endsWith(".md"))
                                    .sorted())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All blocks of all documents. */
    public static List<Block> blocks() {
        return files().stream().flatMap(file -> blocks(file).stream()).toList();
    }

    /** The blocks of a language below a heading of a document; there must be one. */
    public static Block block(String file, String heading, String language) {
        return blocks(root().resolve(file)).stream()
                .filter(block ->
                        block.heading().equals(heading) && block.language().equals(language))
                .findFirst()
                .orElseThrow(() -> new AssertionError(file + " has no block of " + language + " below " + heading));
    }

    private static List<Block> blocks(Path file) {
        List<Block> blocks = new ArrayList<>();
        String name = root().relativize(file).toString().replace('\\', '/');
        String heading = "";
        StringBuilder text = null;
        String language = "";
        int start = 0;
        int number = 0;
        for (String line : read(file).split("\n", -1)) {
            number++;
            if (text != null && line.equals(FENCE)) {
                blocks.add(new Block(name, start, heading, language, text.toString()));
                text = null;
            } else if (text != null) {
                text.append(line).append('\n');
            } else if (line.startsWith(FENCE)) {
                text = new StringBuilder();
                language = line.substring(FENCE.length());
                start = number;
            } else if (line.startsWith("#")) {
                heading = line.replaceFirst("^#+ ", "");
            }
        }
        if (text != null) {
            throw new AssertionError(name + ":" + start + ": a block of code without an end");
        }
        return blocks;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
