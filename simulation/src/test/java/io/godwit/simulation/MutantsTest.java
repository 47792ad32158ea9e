package io.godwit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A simulation that cannot fail proves nothing: each planted fault must be found. */
class MutantsTest {
    private static final int RUNS = 10_000;

    @ParameterizedTest
    @EnumSource
    void the_simulation_finds(Mutants mutant) {
        Simulation simulation = new Simulation(mutant.mutation);
        String broken = null;
        long seed = 0;
        while (broken == null && seed < RUNS) {
            broken = simulation.run(seed++);
        }

        assertThat(broken).as("%s in %d runs", mutant, RUNS).isNotNull();
        System.out.println(mutant + " was found by run " + seed + ": " + broken);
    }
}
