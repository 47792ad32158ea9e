package io.godwit.nodemcu.lua;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.nodemcu.Profile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@link LuaFuzz} with fixed seeds. {@code -Dfuzz.seconds=600} goes on for so long, and {@code -Dfuzz.seed=1000} begins there;
 * target/lua-fuzz-seed.txt names the last one, should the process not live to tell.
 */
class LuaFuzzTest {

    private static final int SCRIPTS = 12;
    private static final long SECONDS = Long.getLong("fuzz.seconds", 0);
    private static final long FIRST = Long.getLong("fuzz.seed", 0);
    private static final Duration LONGEST = Duration.ofSeconds(15);

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(Profile.class)
    @Timeout(value = 2, unit = TimeUnit.HOURS)
    void no_argument_makes_a_function_fail_inside_the_host(Profile profile) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos() / Profile.values().length;
        for (long seed = FIRST; seed < FIRST + SCRIPTS || System.nanoTime() < end; seed++) {
            Files.writeString(Path.of("target", "lua-fuzz-seed.txt"), profile + " " + seed);
            String script = new LuaFuzz(seed).script(LuaFuzz.functions(profile), 40);
            long start = System.nanoTime();

            assertThat(LuaFuzz.failures(folder, script, profile))
                    .as("seed " + seed)
                    .isEmpty();

            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as("seed " + seed)
                    .isLessThan(LONGEST);
        }
    }
}
