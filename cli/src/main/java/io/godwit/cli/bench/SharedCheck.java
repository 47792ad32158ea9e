package io.godwit.cli.bench;

import java.util.concurrent.locks.ReentrantLock;

/** What the members of a shared subscription have received together, where each message goes to one of them. Thread-safe. */
final class SharedCheck {
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final SequenceCheck[] checks;

    SharedCheck(int publishers) {
        checks = new SequenceCheck[publishers];
        for (int i = 0; i < publishers; i++) {
            checks[i] = new SequenceCheck();
        }
    }

    /** Notes an arrival. False: this message was here before. */
    boolean received(int publisher, long sequence) {
        lock.lock();
        try {
            return checks[publisher].received(sequence);
        } finally {
            lock.unlock();
        }
    }

    /** What came of a publisher, when no more comes. */
    SequenceCheck check(int publisher) {
        lock.lock();
        try {
            return checks[publisher];
        } finally {
            lock.unlock();
        }
    }
}
