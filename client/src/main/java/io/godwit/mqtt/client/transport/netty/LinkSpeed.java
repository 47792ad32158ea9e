package io.godwit.mqtt.client.transport.netty;

import io.godwit.mqtt.client.transport.EventLoop;

/** Judges how fast the link of a busy connection is. A link is thin until it has proved fast. Event loop only. */
final class LinkSpeed {
    /** This many bytes within a second are proof of a fast link. */
    static final int PROOF = 4 << 20;

    /** Bytes per second below which a fast link has become thin: the largest send buffers of a kernel are seconds of it. */
    static final int THIN = 1 << 20;

    private static final long SECOND = 1_000_000_000;

    /** A link is not found thin in less: on a fast one, too, nothing is written between two measurements in quick succession. */
    private static final long SHORTEST = SECOND / 4;

    private boolean fast;
    private long given;
    /** How many bytes will have been given when the next proof is due, and since when they are counted. */
    private long proofAt;

    private long proofSince;
    private boolean measuring;
    private long writtenBefore;
    private long timeBefore;

    boolean isFast() {
        return fast;
    }

    /** Counts bytes given to the connection. Returns whether they prove that the link, thin so far, is fast. */
    boolean isNowFast(int bytes, EventLoop loop) {
        given += bytes;
        if (fast || given < proofAt) {
            return false;
        }
        long now = loop.nanoTime();
        fast = proofAt > 0 && now - proofSince < SECOND;
        proofSince = now;
        proofAt = given + PROOF;
        measuring = false;
        return fast;
    }

    /**
     * Takes a measurement while bytes wait. Returns whether the link, fast so far, has become thin since the last one.
     *
     * @param waiting how many bytes wait
     */
    boolean isNowThin(long waiting, EventLoop loop) {
        if (!fast) {
            return false;
        }
        long now = loop.nanoTime();
        if (measuring && now - timeBefore < SHORTEST) {
            return false;
        }
        long written = given - waiting;
        boolean thin = measuring && (written - writtenBefore) * 1e9 < (double) THIN * (now - timeBefore);
        fast = !thin;
        proofSince = now;
        proofAt = given + PROOF;
        measuring = true;
        writtenBefore = written;
        timeBefore = now;
        return thin;
    }

    /** No bytes wait: how much was written by when says nothing. */
    void idle() {
        measuring = false;
    }
}
