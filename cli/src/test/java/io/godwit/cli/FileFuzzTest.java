package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@link FileFuzz} with fixed seeds. {@code -Dfuzz.seconds=600} goes on for so long, and {@code -Dfuzz.seed=1000} begins there. */
class FileFuzzTest {
    private static final int FILES = 400;
    private static final long SECONDS = Long.getLong("fuzz.seconds", 0);
    private static final long FIRST = Long.getLong("fuzz.seed", 0);

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void the_samples_are_valid(FileFuzz.Kind kind) {
        assertThatCode(() -> kind.readSample(folder)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @EnumSource
    @Timeout(value = 2, unit = TimeUnit.HOURS)
    void a_file_is_read_or_refused_with_a_sentence(FileFuzz.Kind kind) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS) / FileFuzz.Kind.values().length;
        for (long seed = FIRST; seed < FIRST + FILES || System.nanoTime() < end; seed++) {
            assertThat(FileFuzz.finding(kind, new FileFuzz(seed).mutated(kind), folder))
                    .as("seed %s of %s", seed, kind)
                    .isNull();
        }
    }
}
