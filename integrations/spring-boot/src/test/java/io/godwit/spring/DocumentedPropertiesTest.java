package io.godwit.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.checks.Documents;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;

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
}
