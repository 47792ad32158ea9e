package io.godwit.simulation;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs worlds by their seeds. The same seed is the same run, to the byte. */
public final class Simulation {
    private final Sabotage sabotage;

    public Simulation(Sabotage sabotage) {
        this.sabotage = sabotage;
    }

    /** What a run has shown: null when every promise was kept, else the first that was broken. */
    public @Nullable String run(long seed) {
        return new World(seed, sabotage, null).run();
    }

    /** The same, telling what happens line by line. */
    public @Nullable String run(long seed, Consumer<String> trace) {
        World world = new World(seed, sabotage, trace);
        trace.accept(world.settings().toString());
        return world.run();
    }
}
