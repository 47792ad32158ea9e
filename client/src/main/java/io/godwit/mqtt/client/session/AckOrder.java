package io.godwit.mqtt.client.session;

import io.godwit.mqtt.codec.ProtocolViolationException;
import io.godwit.mqtt.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * The messages of QoS 1 and 2 that arrived on this connection and are not acknowledged yet, in the order in which they
 * arrived: acknowledgements are sent in that order [MQTT-4.6.0-2, 4.6.0-3], however the handlers finish. Whatever a
 * broker repeats, each packet identifier is here at most once, and finding it takes a bounded number of steps. Brokers count
 * their identifiers up, and handlers mostly finish in order: neither needs an index.
 */
final class AckOrder {
    /** Marks a token as done; tokens leave the sign bit free. */
    private static final int DONE = 1 << 31;

    private static final int SMALLEST = 8;
    private static final int LARGEST_KEPT = 1024;
    private static final int[] EMPTY = new int[0];
    /** So few tokens are searched one by one; an index is kept for more. */
    private static final int FEW = 64;

    private int[] ring = EMPTY;
    private int head;
    private int size;
    /** How many tokens were taken out from the front, 31 bits. */
    private int taken;
    /** The offset behind the last token that was found done, where the next one probably is. */
    private int hint;
    /** Whether each packet identifier is above the one before it, counted from the first and beyond 65,535 from 0 again. */
    private boolean ascending = true;
    /**
     * The place of each packet identifier, as {@code (taken + offset) << 1 | 1}; null while they ascend, and while few tokens
     * have waited.
     */
    private @Nullable ReceivedIdentifiers places;

    /**
     * A message has arrived. Returns false if this is known to be a repetition, which adds nothing.
     *
     * @throws ProtocolViolationException if another message that waits here has its packet identifier; looked for only
     *     while many wait, when it would cost the constant time
     */
    boolean received(int token) {
        if (size == 0 && places == null) {
            ascending = true;
        } else if (ascending && size > 0 && distance(token) <= distance(at(size - 1))) {
            ascending = false;
            indexIfMany();
        }
        if (places != null && isWaiting(token)) {
            return false;
        }
        append(token);
        if (places != null) {
            places.put(token & 0xFFFF, place(size - 1));
        } else if (!ascending) {
            indexIfMany();
        }
        return true;
    }

    private void append(int token) {
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

    /** How far its packet identifier is above that of the first token. */
    private int distance(int token) {
        return token - at(0) & 0xFFFF;
    }

    private void indexIfMany() {
        if (size > FEW) {
            places = index();
        }
    }

    /** Whether a repetition of this token waits. */
    private boolean isWaiting(int token) {
        if (contains(token)) {
            return true;
        }
        if (places != null && places.get(token & 0xFFFF) != 0) {
            throw new ProtocolViolationException(
                    ReasonCode.PROTOCOL_ERROR,
                    2,
                    "[MQTT-2.2.1-4]",
                    "PUBLISH has packet identifier " + (token & 0xFFFF) + ", which another message in flight has");
        }
        return false;
    }

    private int place(int offset) {
        return taken + offset << 1 | 1;
    }

    /** Makes the index; of repetitions the first one stays. */
    private ReceivedIdentifiers index() {
        ReceivedIdentifiers index = new ReceivedIdentifiers();
        int kept = 0;
        for (int i = 0; i < size; i++) {
            int token = at(i);
            if (index.get(token & 0xFFFF) == 0) {
                index.put(token & 0xFFFF, place(kept));
                ring[head + kept & ring.length - 1] = token;
                kept++;
            }
        }
        size = kept;
        hint = 0;
        return index;
    }

    boolean contains(int token) {
        return find(token, DONE) >= 0;
    }

    /** Notes that a message is done. Its acknowledgement is due once {@link #next()} returns it. */
    void done(int token) {
        int offset = hint < size && at(hint) == token ? hint : find(token, 0);
        if (offset >= 0) {
            ring[head + offset & ring.length - 1] |= DONE;
            hint = offset + 1;
        }
    }

    /** Where the token is, or -1. {@code ignored}: bits that may be set there. */
    private int find(int token, int ignored) {
        if (places != null) {
            int place = places.get(token & 0xFFFF);
            int offset = (place >>> 1) - taken & Integer.MAX_VALUE;
            return place != 0 && offset < size && (at(offset) & ~ignored) == token ? offset : -1;
        }
        if (ascending) {
            return findAscending(token, ignored);
        }
        for (int i = 0; i < size; i++) {
            if ((at(i) & ~ignored) == token) {
                return i;
            }
        }
        return -1;
    }

    private int findAscending(int token, int ignored) {
        int low = 0;
        int high = size - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            int found = at(middle);
            if ((found & 0xFFFF) == (token & 0xFFFF)) {
                return (found & ~ignored) == token ? middle : -1;
            }
            if (distance(found) < distance(token)) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    /** The next token whose acknowledgement is due, or 0. */
    int next() {
        if (size == 0 || (at(0) & DONE) == 0) {
            return 0;
        }
        int token = at(0) & ~DONE;
        if (places != null && places.get(token & 0xFFFF) == place(0)) {
            places.remove(token & 0xFFFF);
        }
        head = head + 1 & ring.length - 1;
        taken = taken + 1 & Integer.MAX_VALUE;
        size--;
        hint = Math.max(0, hint - 1);
        return token;
    }

    private int at(int i) {
        return ring[head + i & ring.length - 1];
    }

    int size() {
        return size;
    }

    /** Releases the index when nothing waits. */
    void trim() {
        if (size == 0) {
            places = null;
        }
    }

    void clear() {
        size = 0;
        head = 0;
        hint = 0;
        ascending = true;
        places = null;
        if (ring.length > LARGEST_KEPT) {
            ring = EMPTY;
        }
    }
}
