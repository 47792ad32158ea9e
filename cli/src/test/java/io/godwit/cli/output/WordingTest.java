package io.godwit.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The library's messages in the command's words. */
class WordingTest {
    private static final Pattern ADVICE = Pattern.compile("\"[^\"]*\\bset ([a-zA-Z]+\\(\\.\\.\\.\\))[^\"]*\"");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "trust it with ca(...)                                  | trust it with --cafile",
                "both certificate(...) and key(...)                     | both --cert and --key",
                "set serverName(...) to one (docs/tls.md#wrong-host)    | set --tls-name to one (godwit help tls wrong-host)",
                "the topic 'f(x)' is not allowed                        | the topic 'f(x)' is not allowed",
                "no method                                              | no method"
            })
    void methods_become_options(String message, String words) {
        assertThat(Wording.of(message)).isEqualTo(words);
    }

    @Test
    void whatever_the_library_advises_to_set_has_an_option() throws IOException {
        Set<String> advised = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Path.of("..", "client", "src", "main"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".java")).toList()) {
                ADVICE.matcher(Files.readString(file)).results().forEach(found -> advised.add(found.group(1)));
            }
        }
        assertThat(advised)
                .hasSizeGreaterThan(2)
                .allSatisfy(method -> assertThat(Wording.of(method)).startsWith("-"));
    }
}
