package io.godwit.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

class SkipListenerTest {
    @TempDir
    private Path folder;

    @Test
    void every_kind_of_skip_is_noted_with_its_reason() {
        SkippedTest.Run run = run(Mixed.class, BeforeAllAborts.class, Off.class);

        assertThat(run.tests()).isEqualTo(1);
        assertThat(run.skipped())
                .containsExactlyInAnyOrder(
                        new SkippedTest("SkipListenerTest$Mixed.aborts", "a tool is missing"),
                        new SkippedTest("SkipListenerTest$Mixed.has_no_source", "no source"),
                        new SkippedTest("SkipListenerTest$BeforeAllAborts (whole class)", "no broker"),
                        new SkippedTest("SkipListenerTest$Off (whole class)", "class off"));
    }

    private SkippedTest.Run run(Class<?>... classes) {
        Path file = folder.resolve("skips.tsv");
        SkipListener listener = new SkipListener(file.toString());
        LauncherFactory.create(LauncherConfig.builder()
                        .enableTestExecutionListenerAutoRegistration(false)
                        .build())
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(Stream.of(classes)
                                        .map(type -> selectClass(type))
                                        .toList())
                                .build(),
                        listener);
        return SkippedTest.Run.read(file);
    }

    static class Mixed {
        @Test
        void passes() {}

        @Test
        void aborts() {
            assumeTrue(false, "a tool\nis missing");
        }

        @ParameterizedTest
        @MethodSource("source")
        void has_no_source(int number) {}

        static Stream<Integer> source() {
            assumeTrue(false, "no source");
            return Stream.of(1);
        }
    }

    static class BeforeAllAborts {
        @BeforeAll
        static void look() {
            assumeTrue(false, "no broker");
        }

        @Test
        void never_runs() {}
    }

    @Disabled("class off")
    static class Off {
        @Test
        void never_runs() {}
    }
}
