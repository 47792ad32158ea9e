package io.godwit.mqtt.client.session;

/**
 * The messages of QoS 1 and 2 that came on this connection and are not acknowledged yet, in the order in which they
 * came: acknowledgements go out in that order [MQTT-4.6.0-2, 4.6.0-3], however the handlers finish.
 */
final class AckOrder {
    /** Marks a token as done; tokens leave the sign bit free. */
    private static final int DONE = 1 << 31;

    private static final int SMALLEST = 8;
    private static final int LARGEST_KEPT = 1024;
    private static final int[] EMPTY = new int[0];

    private int[] ring = EMPTY;
    private int head;
    private int size;

    void received(int token) {
        if (size == ring.length) {
            int[] larger = new int[Math.max(SMALLEST, 2 * size)];
            for (int i = 0; i < size; i++) {
                larger[i] = at(i);
            }
            ring = larger;
            head = 0;
        }
        ring[head + size & ring.length - 1] = token;
        size++;
    }

    boolean contains(int token) {
        for (int i = 0; i < size; i++) {
            if ((at(i) & ~DONE) == token) {
                return true;
            }
        }
        return false;
    }

    /** Notes that a message is done. Its acknowledgement is due once {@link #next()} gives it out. */
    void done(int token) {
        for (int i = 0; i < size; i++) {
            if (at(i) == token) {
                ring[head + i & ring.length - 1] |= DONE;
                return;
            }
        }
    }

    /** The next token whose acknowledgement is due, or 0. */
    int next() {
        if (size == 0 || (at(0) & DONE) == 0) {
            return 0;
        }
        int token = at(0) & ~DONE;
        head = head + 1 & ring.length - 1;
        size--;
        return token;
    }

    private int at(int i) {
        return ring[head + i & ring.length - 1];
    }

    int size() {
        return size;
    }

    void clear() {
        size = 0;
        head = 0;
        if (ring.length > LARGEST_KEPT) {
            ring = EMPTY;
        }
    }
}
