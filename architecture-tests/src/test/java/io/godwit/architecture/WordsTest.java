package io.godwit.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The public API and the documents use the words of the standard and of Java. These words were ours once, each in place of a
 * usual one, or belong to sentences that read as if translated.
 */
class WordsTest {
    private static final List<Pattern> REPLACED = Stream.of(
                    "roads?",
                    "Road[A-Z]\\w*",
                    "way ?points?",
                    "carriers?(?! thread)",
                    "houses?(?!/)",
                    "floors?",
                    "rooms",
                    "anew",
                    "in vain",
                    "(is|are) none",
                    "(?<!there )(is|are) no (?!longer|more)\\w+",
                    "remarks?",
                    "lonely",
                    "farewells?",
                    "SeedReason",
                    "the seed('s| promises| says| document)",
                    "is told",
                    "lets go",
                    "has to be there",
                    "give away",
                    "travelled",
                    "whoever",
                    "complaints?",
                    "rehears\\w+",
                    "ConnectionKeeper",
                    "ClientCore",
                    "RoadException")
            .map(word -> Pattern.compile("(?<![\\w/-])" + word + "(?![\\w-])", Pattern.CASE_INSENSITIVE))
            .toList();

    @Test
    void documents_and_api_lists_use_the_usual_words() {
        Set<String> found = new TreeSet<>();
        for (Path file : texts()) {
            replacedWords(Codebase.read(file)).forEach(word -> found.add(Codebase.relative(file) + ": " + word));
        }
        KnownExceptions.check("words", "documents and API lists use the usual words", found);
    }

    @ParameterizedTest
    @ValueSource(strings = {"by another Road", "write it anew", "'x' is no topic filter", "the seed's callbacks"})
    void a_replaced_word_is_found(String text) {
        assertThat(replacedWords(text)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a broad warehouse", "pins its carrier thread", "simulate --seed 7", "there is no room"})
    void an_ordinary_word_is_not(String text) {
        assertThat(replacedWords(text)).isEmpty();
    }

    private static List<String> replacedWords(String text) {
        String line = text.replaceAll("\\s+", " ");
        return REPLACED.stream()
                .flatMap(word -> word.matcher(line).results().map(match -> match.group()))
                .map(String::toLowerCase)
                .distinct()
                .toList();
    }

    private static List<Path> texts() {
        List<Path> apis = Codebase.modules()
                .map(module -> Codebase.ROOT.resolve(module).resolve("api.txt"))
                .filter(Files::exists)
                .toList();
        assertThat(apis).hasSizeGreaterThan(5);
        return Stream.of(
                        apis.stream(),
                        Stream.of("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")
                                .map(Codebase.ROOT::resolve),
                        Stream.of("docs", "interop", "examples", "benchmarks", "dist/src")
                                .map(Codebase.ROOT::resolve)
                                .flatMap(folder -> Codebase.files(folder, ".md")))
                .flatMap(files -> files)
                .filter(file -> !file.toString().contains("/target/"))
                .toList();
    }
}
