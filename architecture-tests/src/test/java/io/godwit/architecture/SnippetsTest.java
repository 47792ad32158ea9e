package io.godwit.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The Java in the README and in the guides compiles as it is printed. */
class SnippetsTest {
    private static final Pattern BLOCK = Pattern.compile("(?m)^```java\n(.*?)^```$", Pattern.DOTALL);

    /** What the reader has around a snippet. */
    private static final String SURROUNDINGS = """
            import static org.junit.jupiter.api.Assertions.*;
            import io.godwit.mqtt.client.*;
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
            import reactor.adapter.JdkFlowAdapter;
            import reactor.core.publisher.*;

            class Snippet {
                Path state;
                Duration SOON;
                Message message;
                io.micrometer.core.instrument.MeterRegistry registry;
                io.opentelemetry.api.OpenTelemetry openTelemetry;
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

    @TempDir
    Path classes;

    static Stream<String> snippets() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("README.md"))) {
            root = root.getParent();
        }
        try (Stream<Path> guides = Files.walk(root.resolve("docs"))) {
            List<Path> texts = Stream.concat(Stream.of(root.resolve("README.md")), guides)
                    .filter(file -> file.toString().endsWith(".md"))
                    .toList();
            StringBuilder all = new StringBuilder();
            for (Path text : texts) {
                all.append(Files.readString(text)).append('\n');
            }
            return BLOCK.matcher(all).results().map(MatchResult::group).toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("snippets")
    void compiles(String block) {
        List<String> lines =
                block.lines().filter(line -> !line.startsWith("```")).toList();
        String imports =
                lines.stream().filter(line -> line.startsWith("import ")).collect(Collectors.joining("\n"));
        String code = lines.stream().filter(line -> !line.startsWith("import ")).collect(Collectors.joining("\n"));
        boolean isMember = code.startsWith("@");
        String source =
                imports + "\n" + SURROUNDINGS + (isMember ? code : "void snippet() {\n" + code + "\n}") + "\n}\n";

        StringWriter complaints = new StringWriter();
        List<String> options =
                List.of("-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
        boolean compiled = ToolProvider.getSystemJavaCompiler()
                .getTask(complaints, null, null, options, null, List.of(new Source(source)))
                .call();

        assertThat(compiled).as("%s%n%s", source, complaints).isTrue();
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
