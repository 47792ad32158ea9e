package io.godwit.mqtt.broker;

import java.util.Map;
import java.util.TreeMap;

/**
 * What the broker has to do later, ordered by due time and then by when it was added. Times are nanoseconds from an
 * origin that the caller chooses.
 */
final class Timers {
    private record Due(long at, long sequence) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    /** Something that is due once, unless cancelled. */
    final class Timer {
        private final Due due;

        private Timer(Due due) {
            this.due = due;
        }

        void cancel() {
            tasks.remove(due);
        }
    }

    /** A task that gets the time. */
    interface Task {
        void run(long now);
    }

    private final TreeMap<Due, Task> tasks = new TreeMap<>();
    private long sequence;

    Timer at(long time, Task task) {
        Due due = new Due(time, sequence++);
        tasks.put(due, task);
        return new Timer(due);
    }

    /** When {@link #run} has something to do; {@link Long#MAX_VALUE} when nothing is planned. */
    long next() {
        return tasks.isEmpty() ? Long.MAX_VALUE : tasks.firstKey().at;
    }

    /** Does what is due at {@code now}. */
    void run(long now) {
        while (!tasks.isEmpty() && tasks.firstKey().at <= now) {
            Map.Entry<Due, Task> first = tasks.firstEntry();
            tasks.remove(first.getKey());
            first.getValue().run(now);
        }
    }

    void clear() {
        tasks.clear();
    }

    int size() {
        return tasks.size();
    }
}
