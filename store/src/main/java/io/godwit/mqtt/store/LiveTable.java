package io.godwit.mqtt.store;

import java.util.Arrays;

/**
 * Where the records that still count are in the log: a hash table from key to place, and a list of them by rising
 * address. Plain arrays, so that an entry costs about 50 bytes and none of it is garbage; they grow with what is live,
 * not with what has ended. Keys are the business of the caller.
 */
final class LiveTable {
    private static final int NONE = -1;

    private int[] buckets = new int[16];
    private long[] keys = new long[8];
    private long[] addresses = new long[8];
    private int[] lengths = new int[8];
    private int[] states = new int[8];
    private int[] previous = new int[8];
    private int[] next = new int[8];
    private int head = NONE;
    private int tail = NONE;
    private int free = NONE;
    private int used;
    private int size;
    private long bytes;

    LiveTable() {
        Arrays.fill(buckets, NONE);
    }

    /** The slot with this key, or -1. */
    int find(long key) {
        for (int b = bucket(key); buckets[b] != NONE; b = b + 1 & buckets.length - 1) {
            if (keys[buckets[b]] == key) {
                return buckets[b];
            }
        }
        return NONE;
    }

    /** Notes where the record of {@code key} is now, at the end of the log; replaces what was known of the key. */
    int put(long key, long address, int length, int state) {
        int slot = find(key);
        if (slot == NONE) {
            slot = insert(key);
        } else {
            unlink(slot);
            bytes -= lengths[slot];
        }
        addresses[slot] = address;
        lengths[slot] = length;
        states[slot] = state;
        bytes += length;
        previous[slot] = tail;
        next[slot] = NONE;
        if (tail == NONE) {
            head = slot;
        } else {
            next[tail] = slot;
        }
        tail = slot;
        return slot;
    }

    void remove(int slot) {
        unlink(slot);
        int b = bucket(keys[slot]);
        while (buckets[b] != slot) {
            b = b + 1 & buckets.length - 1;
        }
        close(b);
        next[slot] = free;
        free = slot;
        bytes -= lengths[slot];
        size--;
    }

    /** The slot with the lowest address, or -1. */
    int first() {
        return head;
    }

    /** The slot with the lowest address that is at least this one, or -1. Walks the list. */
    int firstFrom(long address) {
        int slot = head;
        while (slot != NONE && addresses[slot] < address) {
            slot = next[slot];
        }
        return slot;
    }

    /** The slot with the next address, or -1. */
    int after(int slot) {
        return next[slot];
    }

    long key(int slot) {
        return keys[slot];
    }

    long address(int slot) {
        return addresses[slot];
    }

    /** The address changes, the order does not. */
    void address(int slot, long address) {
        addresses[slot] = address;
    }

    int length(int slot) {
        return lengths[slot];
    }

    int state(int slot) {
        return states[slot];
    }

    void state(int slot, int state) {
        states[slot] = state;
    }

    int size() {
        return size;
    }

    /** The length of all records that count. */
    long bytes() {
        return bytes;
    }

    private int insert(long key) {
        int slot = free;
        if (slot != NONE) {
            free = next[slot];
        } else {
            if (used == keys.length) {
                grow();
            }
            slot = used++;
        }
        keys[slot] = key;
        int b = bucket(key);
        while (buckets[b] != NONE) {
            b = b + 1 & buckets.length - 1;
        }
        buckets[b] = slot;
        size++;
        return slot;
    }

    private void unlink(int slot) {
        if (previous[slot] == NONE) {
            head = next[slot];
        } else {
            next[previous[slot]] = next[slot];
        }
        if (next[slot] == NONE) {
            tail = previous[slot];
        } else {
            previous[next[slot]] = previous[slot];
        }
    }

    /** Empties a bucket and moves up those behind it that would not be found any more. */
    private void close(int emptied) {
        int mask = buckets.length - 1;
        int hole = emptied;
        for (int b = hole + 1 & mask; buckets[b] != NONE; b = b + 1 & mask) {
            int home = bucket(keys[buckets[b]]);
            if ((b - home & mask) >= (b - hole & mask)) {
                buckets[hole] = buckets[b];
                hole = b;
            }
        }
        buckets[hole] = NONE;
    }

    private void grow() {
        int capacity = keys.length * 2;
        keys = Arrays.copyOf(keys, capacity);
        addresses = Arrays.copyOf(addresses, capacity);
        lengths = Arrays.copyOf(lengths, capacity);
        states = Arrays.copyOf(states, capacity);
        previous = Arrays.copyOf(previous, capacity);
        next = Arrays.copyOf(next, capacity);
        buckets = new int[capacity * 2];
        Arrays.fill(buckets, NONE);
        for (int slot = head; slot != NONE; slot = next[slot]) {
            int b = bucket(keys[slot]);
            while (buckets[b] != NONE) {
                b = b + 1 & buckets.length - 1;
            }
            buckets[b] = slot;
        }
    }

    private int bucket(long key) {
        long mixed = key * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 32) & buckets.length - 1;
    }
}
