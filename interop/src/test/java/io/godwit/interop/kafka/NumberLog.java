package io.godwit.interop.kafka;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/** Which numbers of which publishers have arrived, and how often; a text is {@code PUBLISHER:NUMBER}. Any thread. */
final class NumberLog {
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final Map<String, BitSet> seen = new HashMap<>();
    private final Map<String, Long> duplicates = new TreeMap<>();
    private long total;
    private long last = System.nanoTime();
    private long longestGap;

    void add(String text) {
        int colon = text.indexOf(':');
        String publisher = text.substring(0, colon);
        int number = Integer.parseInt(text.substring(colon + 1));
        lock.lock();
        try {
            long now = System.nanoTime();
            longestGap = Math.max(longestGap, now - last);
            last = now;
            total++;
            BitSet numbers = seen.computeIfAbsent(publisher, name -> new BitSet());
            if (numbers.get(number)) {
                duplicates.merge(publisher, 1L, Long::sum);
            }
            numbers.set(number);
        } finally {
            lock.unlock();
        }
    }

    /** What is expected and has not arrived, by publisher; empty if nothing is missing. */
    Map<String, BitSet> missing(Map<String, BitSet> expected) {
        Map<String, BitSet> missing = new TreeMap<>();
        lock.lock();
        try {
            expected.forEach((publisher, numbers) -> {
                BitSet left = (BitSet) numbers.clone();
                left.andNot(seen.getOrDefault(publisher, new BitSet()));
                if (!left.isEmpty()) {
                    missing.put(publisher, left);
                }
            });
        } finally {
            lock.unlock();
        }
        return missing;
    }

    /** A copy. */
    Map<String, BitSet> seen() {
        Map<String, BitSet> copy = new TreeMap<>();
        lock.lock();
        try {
            seen.forEach((publisher, numbers) -> copy.put(publisher, (BitSet) numbers.clone()));
        } finally {
            lock.unlock();
        }
        return copy;
    }

    /** How often a number has arrived again, by publisher. */
    Map<String, Long> duplicatesByPublisher() {
        lock.lock();
        try {
            return new TreeMap<>(duplicates);
        } finally {
            lock.unlock();
        }
    }

    long duplicates() {
        return duplicatesByPublisher().values().stream().mapToLong(each -> each).sum();
    }

    /** How many have arrived, duplicates included. */
    long total() {
        lock.lock();
        try {
            return total;
        } finally {
            lock.unlock();
        }
    }

    /** The longest time without an arrival. */
    long longestGapMillis() {
        lock.lock();
        try {
            return longestGap / 1_000_000;
        } finally {
            lock.unlock();
        }
    }
}
