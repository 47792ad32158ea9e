package io.godwit.simulation;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs worlds by their seeds. The same seed is the same run, to the byte. */
public final class Simulation {
    private final Mutation mutation;

    public Simulation(Mutation mutation) {
        this.mutation = mutation;
    }

    /** What a run has shown: null if every promise was kept, otherwise the first that was broken. */
    public @Nullable String run(long seed) {
        return new World(seed, mutation, null).run();
    }

    /** The same, telling what happens line by line. */
    public @Nullable String run(long seed, Consumer<String> trace) {
        World world = new World(seed, mutation, trace);
        trace.accept(world.settings().toString());
        return world.run();
    }
}
