package io.godwit.simulation;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * One direction of a connection: bytes arrive in order, in pieces of any size, after a while. It can be cut after any
 * byte, and fall silent.
 */
final class Pipe {
    private final Scheduler scheduler;
    private final Consumer<byte[]> arrival;
    private final Runnable cut;

    private final NetworkConditions network;
    private long lastArrival;
    private int left = Integer.MAX_VALUE;
    private boolean silent;
    private int underWay;

    /** @param cut is called when the last byte before the cut has arrived */
    Pipe(Scheduler scheduler, NetworkConditions network, Consumer<byte[]> arrival, Runnable cut) {
        this.scheduler = scheduler;
        this.network = network;
        this.arrival = arrival;
        this.cut = cut;
    }

    void send(byte[] bytes) {
        int at = 0;
        while (at < bytes.length) {
            int count = scheduler.oneIn(3) ? 1 + scheduler.random.nextInt(bytes.length - at) : bytes.length - at;
            byte[] piece = Arrays.copyOfRange(bytes, at, at + count);
            at += count;
            underWay += count;
            lastArrival = Math.max(lastArrival, scheduler.nanoTime() + scheduler.within(network.latency()));
            if (network.bytesPerSecond() > 0) {
                lastArrival += count * 1_000_000_000L / network.bytesPerSecond();
            }
            scheduler.schedule(() -> arrive(piece), lastArrival - scheduler.nanoTime());
        }
    }

    private void arrive(byte[] piece) {
        underWay -= piece.length;
        if (silent || left == 0) {
            return;
        }
        int count = Math.min(left, piece.length);
        left -= left == Integer.MAX_VALUE ? 0 : count;
        arrival.accept(count == piece.length ? piece : Arrays.copyOf(piece, count));
        if (left == 0) {
            cut.run();
        }
    }

    /** Runs a task once all that was sent has arrived. */
    void afterLast(Runnable task) {
        scheduler.schedule(task, Math.max(0, lastArrival - scheduler.nanoTime()));
    }

    /** What is cut already stays cut: a stream does not go on after a gap. */
    void cutAfter(int bytes) {
        if (left != 0) {
            left = Math.max(1, bytes);
        }
    }

    /** Takes back a cut that has not happened yet. */
    void heal() {
        if (left != 0) {
            left = Integer.MAX_VALUE;
        }
    }

    void silence() {
        silent = true;
    }

    /** Nothing arrives any more. */
    void stop() {
        left = 0;
    }

    int underWay() {
        return underWay;
    }
}
