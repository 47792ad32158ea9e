package io.godwit.simulation;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What happens in a run, line by line, if somebody wants to see it. */
final class Trace {
    private final Scheduler scheduler;
    private final @Nullable Consumer<String> lines;

    /** @param lines null: nobody wants to see it */
    Trace(Scheduler scheduler, @Nullable Consumer<String> lines) {
        this.scheduler = scheduler;
        this.lines = lines;
    }

    boolean isOn() {
        return lines != null;
    }

    void add(String what) {
        if (lines != null) {
            lines.accept(String.format("%10.3f ms  %s", scheduler.nanoTime() / 1e6, what));
        }
    }
}
