package io.godwit.testkit;

import java.time.Duration;

/**
 * What a {@link FaultProxy} does to the bytes of one direction. Immutable; the methods return a changed copy, so faults
 * combine: {@code Faults.none().delay(ofMillis(5), ofMillis(50)).corrupt(0.001)}.
 *
 * @param endAfter the connection ends after this many more bytes; -1: never
 * @param end how it then ends
 * @param delayFrom each chunk is late by at least this
 * @param delayTo and at most this; the order of bytes is kept
 * @param bytesPerSecond how fast bytes pass; 0 for as fast as they can
 * @param largestChunk bytes are passed on in pieces of at most this size; 0 leaves them as they come
 * @param corruption the share of bytes that are changed, 0 to 1
 * @param blackhole bytes are taken and never passed on, as on a half-open connection
 */
public record Faults(
        long endAfter,
        End end,
        Duration delayFrom,
        Duration delayTo,
        long bytesPerSecond,
        int largestChunk,
        double corruption,
        boolean blackhole) {
    /** How a connection ends. */
    public enum End {
        /** Both directions at once, in order (FIN). */
        CLOSE,
        /** Both directions at once, with a reset (RST). */
        RESET,
        /** This direction only. */
        HALF_CLOSE
    }

    private static final Faults NONE = new Faults(-1, End.CLOSE, Duration.ZERO, Duration.ZERO, 0, 0, 0, false);

    public Faults {
        if (delayFrom.isNegative() || delayTo.compareTo(delayFrom) < 0) {
            throw new IllegalArgumentException("a delay from " + delayFrom + " to " + delayTo
                    + " is not valid: 0 or more, the first at most the second");
        }
        if (!(corruption >= 0 && corruption <= 1)) {
            throw new IllegalArgumentException("corruption " + corruption + " is not a share: 0 to 1");
        }
        if (bytesPerSecond < 0 || largestChunk < 0) {
            throw new IllegalArgumentException("a rate or size cannot be negative");
        }
    }

    /** Bytes pass as they are. */
    public static Faults none() {
        return NONE;
    }

    /** The connection is closed after this many more bytes of this direction. */
    public Faults cutAfter(long bytes) {
        return endAfter(bytes, End.CLOSE);
    }

    /** The connection is reset after this many more bytes of this direction. */
    public Faults resetAfter(long bytes) {
        return endAfter(bytes, End.RESET);
    }

    /** This direction ends after this many more bytes; the other one continues. */
    public Faults halfCloseAfter(long bytes) {
        return endAfter(bytes, End.HALF_CLOSE);
    }

    private Faults endAfter(long bytes, End how) {
        return new Faults(bytes, how, delayFrom, delayTo, bytesPerSecond, largestChunk, corruption, blackhole);
    }

    public Faults delay(Duration exactly) {
        return delay(exactly, exactly);
    }

    /** Each chunk is late by a time between these two. */
    public Faults delay(Duration from, Duration to) {
        return new Faults(endAfter, end, from, to, bytesPerSecond, largestChunk, corruption, blackhole);
    }

    public Faults throttle(long newBytesPerSecond) {
        return new Faults(endAfter, end, delayFrom, delayTo, newBytesPerSecond, largestChunk, corruption, blackhole);
    }

    /** Bytes pass in pieces of 1 to {@code largest} bytes. */
    public Faults fragment(int largest) {
        return new Faults(endAfter, end, delayFrom, delayTo, bytesPerSecond, largest, corruption, blackhole);
    }

    /** Changes this share of all bytes, 0 to 1, by flipping one bit of each. */
    public Faults corrupt(double share) {
        return new Faults(endAfter, end, delayFrom, delayTo, bytesPerSecond, largestChunk, share, blackhole);
    }

    /** Takes bytes and passes none on. */
    public Faults swallow() {
        return new Faults(endAfter, end, delayFrom, delayTo, bytesPerSecond, largestChunk, corruption, true);
    }
}
