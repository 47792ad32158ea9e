package io.godwit.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.reflection;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Message;
import io.godwit.spring.application.Readings;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.GenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;

/** What Spring's processing ahead of time tells native-image about the listeners of an application and the properties. */
class NativeHintsTest {
    private static RuntimeHints hints;

    @BeforeAll
    static void process() {
        GenerationContext generation = new DefaultGenerationContext(
                new ClassNameGenerator(ClassName.get(Readings.class)), new InMemoryGeneratedFiles());
        try (AnnotationConfigApplicationContext application = new AnnotationConfigApplicationContext()) {
            application.register(Readings.class);
            new ApplicationContextAotGenerator().processAheadOfTime(application, generation);
        }
        hints = generation.getRuntimeHints();
    }

    @Test
    void listeners_may_be_called() throws NoSuchMethodException {
        assertThat(reflection()
                        .onMethodInvocation(Readings.class.getMethod(
                                "reading", String.class, Readings.Reading.class, String.class)))
                .accepts(hints);
        assertThat(reflection().onMethodInvocation(Readings.class.getMethod("count", String.class, int.class)))
                .accepts(hints);
    }

    @Test
    void payloads_may_be_read() throws NoSuchMethodException {
        assertThat(reflection().onConstructorInvocation(Readings.Reading.class.getDeclaredConstructor(double.class)))
                .accepts(hints);
    }

    @Test
    void results_may_be_written_also_those_of_futures() throws NoSuchMethodException {
        assertThat(reflection().onMethodInvocation(Readings.Verdict.class.getMethod("boiler")))
                .accepts(hints);
    }

    @Test
    void what_is_handed_over_as_it_is_needs_no_hints() {
        assertThat(reflection().onType(Message.class)).rejects(hints);
        assertThat(reflection().onType(MqttClient.class)).rejects(hints);
    }

    @Test
    void properties_may_be_bound() throws NoSuchMethodException {
        assertThat(reflection().onMethodInvocation(ClientProperties.class.getMethod("setClientId", String.class)))
                .accepts(hints);
        assertThat(reflection().onMethodInvocation(ClientProperties.Will.class.getMethod("setRetain", boolean.class)))
                .accepts(hints);
    }
}
