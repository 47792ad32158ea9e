package io.godwit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SimulationTest {
    private static final int RUNS = Integer.getInteger("simulation.runs", 20_000);

    /** Thirteen messages wait 10 s each for a handler, and the broker sends one at a time: 121 s without faults. */
    private static final long ORPHANS_ONE_BY_ONE = 64_120_235;

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

    @Test
    void messages_without_a_handler_may_take_longer_than_two_minutes() {
        assertThat(new Simulation(Mutation.NONE).run(ORPHANS_ONE_BY_ONE)).isNull();
    }

    @Test
    void messages_without_a_handler_that_stop_all_others_are_found_after_two_minutes() {
        Simulation simulation = new Simulation(Mutants.A_MESSAGE_WITHOUT_A_HANDLER_IS_NEVER_ACKNOWLEDGED.mutation);

        assertThat(simulation.run(ORPHANS_ONE_BY_ONE)).startsWith("after 120 s without faults: message");
    }
}
