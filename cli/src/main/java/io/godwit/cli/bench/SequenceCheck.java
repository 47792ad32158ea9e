package io.godwit.cli.bench;

/**
 * What arrived of one publisher's messages, which count from 0: what is missing, what came twice, and what came after one
 * that was sent later. A message that comes again does not count as out of order. Not thread-safe.
 */
final class SequenceCheck {
    private final Ranges missing = new Ranges();
    private long next;
    private long unique;
    private long duplicates;
    private long outOfOrder;

    /** Notes an arrival. False: this message was here before. */
    boolean received(long sequence) {
        if (sequence >= next) {
            missing.append(next, sequence);
            next = sequence + 1;
        } else if (missing.remove(sequence)) {
            outOfOrder++;
        } else {
            duplicates++;
            return false;
        }
        unique++;
        return true;
    }

    /** Messages that arrived, each counted once. */
    long unique() {
        return unique;
    }

    long duplicates() {
        return duplicates;
    }

    long outOfOrder() {
        return outOfOrder;
    }

    /**
     * How many messages are missing.
     *
     * @param sent how many the publisher has sent
     * @param excused those that nobody may expect, since the broker did not take them
     */
    long lost(long sent, Ranges excused) {
        missing.append(next, sent);
        next = Math.max(next, sent);
        return missing.countWithout(excused);
    }
}
