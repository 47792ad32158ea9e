package io.godwit.nodemcu.lua;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.nodemcu.Profile;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The short form of {@link LuaFuzz}, with fixed seeds. */
class LuaFuzzTest {

    private static final int SCRIPTS = 12;

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(Profile.class)
    void no_argument_makes_a_function_fail_inside_the_host(Profile profile) {
        for (int seed = 0; seed < SCRIPTS; seed++) {
            String script = new LuaFuzz(seed).script(LuaFuzz.functions(profile), 40);

            assertThat(LuaFuzz.failures(folder, script, profile))
                    .as("seed " + seed)
                    .isEmpty();
        }
    }
}
