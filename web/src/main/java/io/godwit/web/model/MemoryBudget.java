package io.godwit.web.model;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** The bytes that all trees together may use; each tree may use an equal part. Any thread. */
public final class MemoryBudget {
    // Set once.
    private final long limit;

    // Any thread.
    private final AtomicInteger trees = new AtomicInteger();
    private final AtomicLong used = new AtomicLong();

    /**
     * @param limit in bytes, at least 1 MiB
     * @throws IllegalArgumentException if it is less
     */
    public MemoryBudget(long limit) {
        if (limit < 1 << 20) {
            throw new IllegalArgumentException("the memory for topics must be at least 1m");
        }
        this.limit = limit;
    }

    public long limit() {
        return limit;
    }

    /** What the trees hold now, as estimated. */
    public long used() {
        return used.get();
    }

    /** What one tree may use. */
    public long share() {
        return limit / Math.max(1, trees.get());
    }

    void join() {
        trees.incrementAndGet();
    }

    void leave(long bytes) {
        trees.decrementAndGet();
        used.addAndGet(-bytes);
    }

    void use(long more) {
        used.addAndGet(more);
    }
}
