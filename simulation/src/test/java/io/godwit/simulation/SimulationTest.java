package io.godwit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SimulationTest {
    private static final int RUNS = Integer.getInteger("simulation.runs", 20_000);

    @Test
    void every_promise_is_kept_in_twenty_thousand_runs() {
        Simulation simulation = new Simulation(Mutation.NONE);
        ConcurrentLinkedQueue<String> broken = new ConcurrentLinkedQueue<>();
        LongStream.range(0, RUNS).parallel().forEach(seed -> {
            String promise = simulation.run(seed);
            if (promise != null) {
                broken.add("./godwit-sim --seed " + seed + ": " + promise);
            }
        });
        assertThat(broken).isEmpty();
    }

    @Test
    void a_seed_gives_the_same_run_to_the_last_line() {
        Simulation simulation = new Simulation(Mutation.NONE);
        for (long seed = 0; seed < 50; seed++) {
            List<String> first = new ArrayList<>();
            List<String> second = new ArrayList<>();
            simulation.run(seed, first::add);
            simulation.run(seed, second::add);

            assertThat(second).hasSizeGreaterThan(10).isEqualTo(first);
        }
    }
}
