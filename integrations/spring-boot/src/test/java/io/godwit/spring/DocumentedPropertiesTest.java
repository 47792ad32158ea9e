package io.godwit.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.checks.Documents;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The properties in docs/spring-boot.md are those of the starter. */
class DocumentedPropertiesTest {
    @Test
    void the_file_of_the_guide_binds() throws IOException {
        String yaml =
                Documents.block("docs/spring-boot.md", "Spring Boot", "yaml").text();
        StandardEnvironment environment = new StandardEnvironment();
        new YamlPropertySourceLoader()
                .load("guide", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
                .forEach(environment.getPropertySources()::addFirst);
        environment.getPropertySources().addFirst(new MapPropertySource("test", Map.of("MQTT_PASSWORD", "secret")));

        GodwitProperties properties = Binder.get(environment, new NoUnboundElementsBindHandler(BindHandler.DEFAULT))
                .bind("godwit.mqtt", Bindable.of(GodwitProperties.class))
                .get();

        assertThat(properties.getPassword()).isEqualTo("secret");
        assertThat(properties.getListener().getRetries()).isEqualTo(3);
        assertThat(properties.getListener().getStartupTimeout()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void the_table_of_the_guide_lists_exactly_the_properties_of_the_metadata() throws IOException {
        Set<String> documented = new TreeSet<>();
        for (String line : Files.readAllLines(Documents.root().resolve("docs/spring-boot.md"))) {
            String[] cells = line.split("\\|");
            if (line.startsWith("| `") && cells.length > 3) {
                Pattern.compile("`([a-z.-]+)`")
                        .matcher(cells[1])
                        .results()
                        .forEach(name -> documented.add(name.group(1)));
            }
        }

        Set<String> declared = new TreeSet<>();
        for (JsonNode property : metadata()) {
            declared.add(property.get("name").asString().substring("godwit.mqtt.".length()));
        }

        declared.remove("clients"); // above the table
        assertThat(documented).isEqualTo(declared);
    }

    @Test
    void each_property_has_a_description_for_editors() {
        assertThat(metadata())
                .isNotEmpty()
                .allSatisfy(property -> assertThat(property.path("description").asString(""))
                        .as(property.toString())
                        .endsWith("."));
    }

    private static JsonNode metadata() {
        try (InputStream in =
                DocumentedPropertiesTest.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            return JsonMapper.shared().readTree(in).get("properties");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
