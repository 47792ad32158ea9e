package io.godwit.web.source;

import io.godwit.web.model.MemoryBudget;
import io.godwit.web.model.TopicTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The brokers and recordings that are watched, by identifiers such as {@code b1}. Any thread. */
public final class Sources implements AutoCloseable {
    private static final int MOST = 50;

    // Set once.
    private final MemoryBudget budget;
    private final LongSupplier clock;

    // Any thread.
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final Map<String, Source> sources = new LinkedHashMap<>();
    private int next = 1;

    /** @param clock milliseconds since 1970 */
    public Sources(MemoryBudget budget, LongSupplier clock) {
        this.budget = budget;
        this.clock = clock;
    }

    public MemoryBudget budget() {
        return budget;
    }

    public long now() {
        return clock.getAsLong();
    }

    /** Makes a source for a tree. */
    private interface Maker {
        Source make(TopicTree tree) throws IOException;
    }

    /** Watches a broker. Returns its identifier. */
    public String add(BrokerPlan plan) {
        try {
            return add(tree -> new LiveBroker(plan, tree, clock, this::changed));
        } catch (IOException e) {
            throw new IllegalStateException(e); // a broker is not a file
        }
    }

    /**
     * Opens a recording. Returns its identifier.
     *
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if it is not a recording
     */
    public String open(Path file, boolean temporary, String name) throws IOException {
        return add(tree -> new RecordingSource(file, temporary, name, tree, this::changed));
    }

    private String add(Maker maker) throws IOException {
        TopicTree tree = new TopicTree(budget);
        String id;
        lock.lock();
        try {
            if (sources.size() >= MOST) {
                tree.close();
                throw new IllegalArgumentException("there are " + MOST + " brokers and recordings; remove one first");
            }
            try {
                Source made = maker.make(tree);
                id = "b" + next++;
                sources.put(id, made);
            } catch (IOException | RuntimeException e) {
                tree.close();
                throw e;
            }
            sources.values().forEach(each -> each.tree().trim());
        } finally {
            lock.unlock();
        }
        changed();
        return id;
    }

    /** Stops watching. */
    public void remove(String id) {
        Source removed;
        lock.lock();
        try {
            removed = sources.remove(id);
        } finally {
            lock.unlock();
        }
        if (removed != null) {
            removed.close();
            changed();
        }
    }

    public @Nullable Source get(String id) {
        lock.lock();
        try {
            return sources.get(id);
        } finally {
            lock.unlock();
        }
    }

    /** By identifier, in the order in which they were added. */
    public Map<String, Source> all() {
        lock.lock();
        try {
            return new LinkedHashMap<>(sources);
        } finally {
            lock.unlock();
        }
    }

    /** Calls the listener when a source comes, goes or changes its state; on any thread. */
    public void listen(Runnable listener) {
        listeners.add(listener);
    }

    public void ignore(Runnable listener) {
        listeners.remove(listener);
    }

    private void changed() {
        listeners.forEach(Runnable::run);
    }

    @Override
    public void close() {
        new ArrayList<>(all().keySet()).forEach(this::remove);
    }
}
