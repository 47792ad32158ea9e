package io.godwit.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.checks.Documents;
import io.godwit.checks.Documents.Block;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The Java in the README and in the guides compiles as it is printed; all other code is known to a test too. */
class SnippetsTest {
    private static final Pattern MAVEN = Pattern.compile(
            "<groupId>(.*?)</groupId>\\s*<artifactId>(.*?)</artifactId>.*?<version>(.*?)</version>", Pattern.DOTALL);
    private static final Pattern GRADLE = Pattern.compile("\"([^:\"]+):([^:\"]+):([^:\"]+)\"");

    /** A block that begins so is a whole file. */
    private static final String FILE = "// examples/";

    /** What the reader has around a snippet. */
    private static final String SURROUNDINGS = """
            import static org.junit.jupiter.api.Assertions.*;
            import io.godwit.mqtt.broker.MqttBroker;
            import io.godwit.mqtt.client.*;
            import io.godwit.mqtt.client.FailurePolicy.Outcome;
            import io.godwit.mqtt.client.net.*;
            import io.godwit.mqtt.client.store.*;
            import io.godwit.mqtt.protocol.*;
            import io.godwit.mqtt.micrometer.*;
            import io.godwit.mqtt.opentelemetry.*;
            import io.godwit.mqtt.store.*;
            import io.godwit.nodemcu.lua.*;
            import io.godwit.nodemcu.lua.device.*;
            import io.godwit.spring.*;
            import io.godwit.streams.*;
            import io.godwit.testkit.*;
            import io.reactivex.rxjava3.core.Flowable;
            import io.smallrye.mutiny.Multi;
            import java.io.IOException;
            import java.nio.file.Path;
            import java.time.Duration;
            import java.util.*;
            import java.util.concurrent.*;
            import org.junit.jupiter.api.Test;
            import org.reactivestreams.FlowAdapters;
            import org.springframework.beans.factory.annotation.Autowired;
            import org.springframework.context.annotation.Bean;
            import reactor.adapter.JdkFlowAdapter;
            import reactor.core.publisher.*;

            class Snippet {
                Path state;
                Duration SOON;
                Message message;
                io.micrometer.core.instrument.MeterRegistry registry;
                io.opentelemetry.api.OpenTelemetry openTelemetry;
                io.vertx.core.Vertx vertx;
                void log(String line) {}
                String sign(ServerAddress server) { return ""; }
                String token() { return ""; }
                record Reading(double celsius) {}
                CompletableFuture<Void> save(Message order) { return null; }
                static class Boiler implements AutoCloseable {
                    Boiler(String broker, Path state) {}
                    CompletableFuture<PublishResult> report(String temperature) { return null; }
                    @Override public void close() {}
                }
            """;

    /** Which test looks at the blocks of a language; what has none of these is an error. */
    private static final Map<String, String> CHECKED = Map.of(
            "java", "SnippetsTest",
            "xml", "SnippetsTest",
            "kotlin", "DocumentedSnippetsTest, and SnippetsTest for Gradle",
            "sh", "DocumentedCommandsTest",
            "yaml", "FleetFileTest, DocumentedPropertiesTest",
            "toml", "DocumentedFilesTest",
            "json", "DocumentedFilesTest, SettingsTableTest");

    /** Files and output that are not in a language, by the heading above them. */
    private static final Map<String, String> TEXTS = Map.of(
            "ARCHITECTURE.md Six flows", "a drawing",
            "docs/cli.md Retained messages", "DocumentedFilesTest",
            "docs/cli.md Configuration files", "DocumentedFilesTest",
            "docs/cli.md The shell", "DocumentedFilesTest",
            "docs/cli.md Avro", "DecodeTest",
            "docs/nodemcu.md A scenario", "ScenarioTest",
            "docs/doctor.md godwit doctor", "DoctorTlsTest",
            "docs/tls.md When the handshake fails", "the message is wrapped here; TlsTest has its parts");

    private static final int WIDTH = 100;

    @TempDir
    Path classes;

    static Stream<Block> snippets() {
        return Documents.blocks().stream().filter(block -> block.language().equals("java"));
    }

    @ParameterizedTest
    @MethodSource("snippets")
    void compiles(Block block) throws IOException {
        if (block.text().startsWith(FILE)) {
            assertThat(block.text()).isEqualTo(file(block));
            return;
        }
        List<String> lines = block.text().lines().toList();
        String imports =
                lines.stream().filter(line -> line.startsWith("import ")).collect(Collectors.joining("\n"));
        String code = lines.stream().filter(line -> !line.startsWith("import ")).collect(Collectors.joining("\n"));
        boolean isMember = code.strip().startsWith("@");
        String source =
                imports + "\n" + SURROUNDINGS + (isMember ? code : "void snippet() {\n" + code + "\n}") + "\n}\n";

        StringWriter errors = new StringWriter();
        List<String> options =
                List.of("-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
        boolean compiled = ToolProvider.getSystemJavaCompiler()
                .getTask(errors, null, null, options, null, List.of(new Source(source)))
                .call();

        assertThat(compiled).as("%s%n%s", source, errors).isTrue();
    }

    /** The whole file that the first line of a block names, below that line. The build compiles it. */
    private static String file(Block block) throws IOException {
        String first = block.text().lines().findFirst().orElseThrow();
        return first + "\n" + Files.readString(Codebase.ROOT.resolve(first.substring("// ".length())));
    }

    @Test
    void each_dependency_in_the_guides_is_published() {
        String bom = Codebase.read(Codebase.ROOT.resolve("bom/pom.xml"));
        String parent = Codebase.read(Codebase.ROOT.resolve("pom.xml"));
        Set<String> found = new TreeSet<>();
        for (Block block : Documents.blocks()) {
            Stream.concat(
                            MAVEN.matcher(block.language().equals("xml") ? block.text() : "")
                                    .results(),
                            GRADLE.matcher(block.language().equals("kotlin") ? block.text() : "")
                                    .results())
                    .forEach(match -> {
                        found.add(match.group(2));
                        String where = block + " " + match.group();
                        if (match.group(1).equals("io.godwit")) {
                            assertThat(bom).as(where).contains("<artifactId>" + match.group(2) + "</artifactId>");
                            assertThat(parent).as(where).contains("<version>" + match.group(3) + "</version>");
                        } else if (match.group(1).equals("org.slf4j")) {
                            assertThat(parent).as(where).contains("<slf4j.version>" + match.group(3) + "<");
                        } else {
                            assertThat(parent).as(where).contains("<artifactId>" + match.group(2) + "</artifactId>");
                            assertThat(parent).as(where).contains("<netty.version>" + match.group(3) + "<");
                        }
                    });
        }
        assertThat(found).contains("godwit-client", "godwit-spring-boot-starter", "netty-bom");
    }

    @Test
    void each_block_has_a_test_that_looks_at_it() {
        assertThat(Documents.blocks())
                .allSatisfy(block ->
                        assertThat(block.language()).as(block.toString()).isNotEmpty())
                .filteredOn(block -> !CHECKED.containsKey(block.language()))
                .allSatisfy(block ->
                        assertThat(TEXTS).as(block.toString()).containsKey(block.file() + " " + block.heading()));
    }

    @Test
    void no_line_of_code_is_wider_than_the_page() {
        assertThat(Documents.blocks().stream()
                        .flatMap(block -> block.text()
                                .lines()
                                .filter(line -> line.length() > WIDTH)
                                .map(line -> block + " " + line)))
                .isEmpty();
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String text) {
            super(URI.create("string:///Snippet.java"), JavaFileObject.Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
