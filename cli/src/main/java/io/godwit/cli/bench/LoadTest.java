package io.godwit.cli.bench;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;

/** What all parts of one run share: the plan, the run's number, the window that is measured, the accounts. */
final class LoadTest {
    // Set once.
    private final BenchPlan plan;
    private final int id = ThreadLocalRandom.current().nextInt();
    private final Window window = new Window();
    private final Tallies tallies = new Tallies();
    private final Problems problems = new Problems();
    private final byte[] filling;

    LoadTest(BenchPlan plan) {
        this.plan = plan;
        this.filling = new byte[plan.sizes().most()];
        new SplittableRandom(id).nextBytes(filling);
    }

    BenchPlan plan() {
        return plan;
    }

    /** Tells the messages of this run from others. */
    int id() {
        return id;
    }

    Window window() {
        return window;
    }

    Tallies tallies() {
        return tallies;
    }

    Problems problems() {
        return problems;
    }

    /** A payload of its own: random bytes, so that nothing on the way can compress them. */
    byte[] payload(int size) {
        return Arrays.copyOf(filling, size);
    }
}
