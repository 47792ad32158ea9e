package io.godwit.mqtt.client.session;

import java.util.Arrays;

/**
 * The packet identifiers 1 to 65,535 of one session. They are handed out round robin, so that one that comes back is not
 * used again at once: a late acknowledgement must not meet a new packet. The round is as long as the traffic needs: it
 * doubles whenever half of it is taken, so an idle session holds a few bytes.
 */
final class PacketIdentifiers {
    static final int MAX = 65_535;

    private long[] taken = new long[1];
    /** Identifiers 1 to {@code round} are handed out at present. */
    private int round = 63;

    private int last;
    private int count;

    /** A free identifier, or 0 when all 65,535 are taken. */
    int take() {
        if (2 * count >= round && round < MAX) {
            round = Math.min(MAX, 2 * round + 1);
            taken = Arrays.copyOf(taken, (round >> 6) + 1);
        }
        if (count == round) {
            return 0;
        }
        int id = nextFree(last + 1);
        taken[id >> 6] |= 1L << id;
        count++;
        last = id;
        return id;
    }

    private int nextFree(int from) {
        int id = from > round ? 1 : from;
        while (true) {
            int word = id >> 6;
            long free = ~taken[word] & -1L << id;
            if (word == 0) {
                free &= ~1L; // there is no identifier 0
            }
            if (free != 0) {
                int found = (word << 6) + Long.numberOfTrailingZeros(free);
                if (found <= round) {
                    return found;
                }
            }
            id = word + 1 > round >> 6 ? 1 : word + 1 << 6;
        }
    }

    /**
     * Marks an identifier from an earlier life as taken. The round goes on behind the one that comes last, so that none of
     * those is used again at once either. Returns whether it was free.
     */
    boolean reserve(int id) {
        while (id > round) {
            round = Math.min(MAX, 2 * round + 1);
            taken = Arrays.copyOf(taken, (round >> 6) + 1);
        }
        if (isTaken(id)) {
            return false;
        }
        taken[id >> 6] |= 1L << id;
        count++;
        last = id;
        return true;
    }

    void free(int id) {
        if (isTaken(id)) {
            taken[id >> 6] &= ~(1L << id);
            count--;
        }
    }

    boolean isTaken(int id) {
        return id >> 6 < taken.length && (taken[id >> 6] & 1L << id) != 0;
    }

    int count() {
        return count;
    }
}
