package io.godwit.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every method that a user configures or observes a client with appears in a snippet of the guides. */
class DocumentedApiTest {
    private static final Pattern SNIPPET = Pattern.compile("(?m)^```java\n(.*?)^```$", Pattern.DOTALL);

    @ParameterizedTest
    @ValueSource(strings = {"MqttClientBuilder", "ClientListener", "MqttClient", "Subscription"})
    void every_method_is_shown(String type) throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("README.md"))) {
            root = root.getParent();
        }
        List<String> api = Files.readAllLines(root.resolve("client/api.txt"));
        Pattern method = Pattern.compile(type + ": (?:static |default |<T> )*(\\w+)\\(.*");

        TreeSet<String> methods = api.stream()
                .map(method::matcher)
                .filter(line -> line.matches())
                .map(line -> line.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        String snippets = snippets(root);

        assertThat(methods).as("methods of %s", type).isNotEmpty();
        methods.removeIf(name -> Pattern.compile("\\b" + name + "\\(|::" + name + "\\b")
                .matcher(snippets)
                .find());
        assertThat(methods).as("methods of %s that no snippet shows", type).isEmpty();
    }

    private static String snippets(Path root) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> guides = Files.walk(root.resolve("docs"))) {
            for (Path text : Stream.concat(Stream.of(root.resolve("README.md")), guides)
                    .filter(file -> file.toString().endsWith(".md"))
                    .toList()) {
                SNIPPET.matcher(Files.readString(text))
                        .results()
                        .map(MatchResult::group)
                        .forEach(all::append);
            }
        }
        return all.toString();
    }
}
