package io.godwit.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

/** What CONTRIBUTING.md says of names and comments, in all modules. */
class StyleTest {
    private static final Set<String> TEST_ANNOTATIONS = Set.of(
            "org.junit.jupiter.api.Test",
            "org.junit.jupiter.api.RepeatedTest",
            "org.junit.jupiter.api.TestFactory",
            "org.junit.jupiter.params.ParameterizedTest",
            "com.code_intelligence.jazzer.junit.FuzzTest");

    private static final Pattern LOGGER_OF = Pattern.compile("getLogger\\(([^)]*)\\)");
    private static final Pattern GROUP =
            Pattern.compile("\n    // (.*)\n(?:    //.*\n)*    (?:private|final|volatile|protected)[^(]*[;=]");
    private static final Pattern SAYS_WHO = Pattern.compile("(?i).*\\b(lock|threads?|event loop|set once)\\b.*");
    private static final Pattern GROUP_STYLE = Pattern.compile(
            "(Set once|Guarded by the( [\\w/]+)* lock|Event loop only|Written by the [\\w ]+ only|Any thread|[A-Z][\\w' ]+ thread only)[.;,:].*");

    @Test
    void test_methods_are_sentences_in_snake_case() {
        List<JavaMethod> methods = Codebase.tests().stream()
                .flatMap(type -> type.getMethods().stream())
                .filter(StyleTest::isTest)
                .toList();
        assertThat(methods).hasSizeGreaterThan(500);
        Set<String> others = methods.stream()
                .filter(method -> !isSnakeCase(method.getName()))
                .map(method -> Codebase.outermost(method.getOwner()).getName() + "." + method.getName())
                .collect(Collectors.toCollection(TreeSet::new));
        KnownExceptions.check("test-names", "a test is named like_a_sentence_in_snake_case", others);
    }

    private static boolean isTest(JavaMethod method) {
        return method.getAnnotations().stream()
                .anyMatch(each -> TEST_ANNOTATIONS.contains(each.getRawType().getName()));
    }

    /** Names of classes may be part of a sentence, as in {@code a_lock_is_a_ReentrantLock}. */
    private static boolean isSnakeCase(String name) {
        return name.contains("_") || name.toLowerCase().equals(name);
    }

    @Test
    void a_logger_is_called_LOG() {
        Set<JavaField> loggers = Codebase.production().stream()
                .flatMap(type -> type.getFields().stream())
                .filter(field -> field.getRawType().isEquivalentTo(Logger.class))
                .filter(field -> field.getModifiers().contains(JavaModifier.STATIC))
                .collect(Collectors.toSet());
        assertThat(loggers).isNotEmpty();
        Set<String> others = loggers.stream()
                .filter(field -> !field.getName().equals("LOG")
                        || !field.getModifiers().contains(JavaModifier.PRIVATE)
                        || !field.getModifiers().contains(JavaModifier.FINAL))
                .map(JavaField::getFullName)
                .collect(Collectors.toCollection(TreeSet::new));
        KnownExceptions.check("logger-fields", "a logger is `private static final Logger LOG`", others);
    }

    @Test
    void a_logger_is_named_after_a_class() {
        Set<String> others = new TreeSet<>();
        for (Path file : Codebase.sources("src/main/java")) {
            LOGGER_OF
                    .matcher(Codebase.read(file))
                    .results()
                    .filter(match -> !match.group(1).endsWith(".class"))
                    .forEach(match -> others.add(
                            Codebase.relative(file) + ": " + match.group(1).replace("\"", "")));
        }
        KnownExceptions.check(
                "logger-names", "a logger is named after the class that logs, or that users know", others);
    }

    @Test
    void a_group_of_fields_says_in_usual_words_who_may_touch_it() {
        Set<String> others = new TreeSet<>();
        int[] groups = {0};
        for (Path file : Codebase.sources("src/main/java")) {
            GROUP.matcher(Codebase.read(file))
                    .results()
                    .map(match -> match.group(1))
                    .filter(comment -> SAYS_WHO.matcher(comment).matches())
                    .peek(comment -> groups[0]++)
                    .filter(comment -> !GROUP_STYLE.matcher(comment).matches())
                    .forEach(comment -> others.add(Codebase.relative(file) + ": " + comment));
        }
        assertThat(groups[0]).isGreaterThan(30);
        KnownExceptions.check("field-groups", "a group of fields starts with one of CONTRIBUTING.md's lines", others);
    }

    @Test
    void the_forms_of_names_are_distinguished() {
        assertThat(List.of("a_lock_is_a_ReentrantLock", "starts")).allMatch(StyleTest::isSnakeCase);
        assertThat(List.of("aSilentAddress", "fromLua")).noneMatch(StyleTest::isSnakeCase);
    }
}
