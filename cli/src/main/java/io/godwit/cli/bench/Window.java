package io.godwit.cli.bench;

/** From when on messages are measured: those that were due before are the warm-up. */
final class Window {
    private volatile long from = Long.MAX_VALUE;
    private volatile boolean open;

    /** Messages that are due at this time of {@link System#nanoTime} or later are measured. */
    void opensAt(long time) {
        from = time;
        open = true;
    }

    boolean measures(long due) {
        return open && due - from >= 0;
    }

    long from() {
        return from;
    }
}
