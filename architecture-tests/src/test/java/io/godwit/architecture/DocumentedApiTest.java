package io.godwit.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.checks.Documents;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every method that a user configures or observes a client with appears in a snippet of the guides. */
class DocumentedApiTest {
    @ParameterizedTest
    @ValueSource(strings = {"MqttClientBuilder", "ClientListener", "MqttClient", "Subscription"})
    void every_method_is_shown(String type) throws IOException {
        List<String> api = Files.readAllLines(Documents.root().resolve("client/api.txt"));
        Pattern method = Pattern.compile(type + ": (?:static |default |<T> )*(\\w+)\\(.*");

        TreeSet<String> methods = api.stream()
                .map(method::matcher)
                .filter(line -> line.matches())
                .map(line -> line.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        String snippets = snippets();

        assertThat(methods).as("methods of %s", type).isNotEmpty();
        methods.removeIf(name -> Pattern.compile("\\b" + name + "\\(|::" + name + "\\b")
                .matcher(snippets)
                .find());
        assertThat(methods).as("methods of %s that no snippet shows", type).isEmpty();
    }

    private static String snippets() {
        return Documents.blocks().stream()
                .filter(block -> block.language().equals("java"))
                .map(Documents.Block::text)
                .collect(Collectors.joining());
    }
}
