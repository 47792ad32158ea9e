package io.godwit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A simulation that cannot fail proves nothing: each planted fault must be found. */
class MutantsTest {
    private static final int RUNS = 10_000;

    /** Few runs meet these. The search begins shortly before the first run that does: all runs before it take half a minute. */
    private static final Map<Mutants, Long> FIRST_RUN = Map.of(
            Mutants.ABANDONED_IS_RECORDED_AS_RELEASED, 9_000L, Mutants.CONCURRENT_HANDLERS_KEEP_NO_ORDER, 2_400L);

    @ParameterizedTest
    @EnumSource
    void the_simulation_finds(Mutants mutant) {
        Simulation simulation = new Simulation(mutant.mutation);
        String broken = null;
        long first = FIRST_RUN.getOrDefault(mutant, 0L);
        long seed = first;
        while (broken == null && seed < first + RUNS) {
            broken = simulation.run(seed++);
        }

        assertThat(broken).as("%s in %d runs", mutant, RUNS).isNotNull();
        System.out.println(mutant + " was found by run " + seed + ": " + broken);
    }
}
