package io.godwit.mqtt.client.engine;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Decides which of many equal log lines are written: the first, then one a minute, which says how many were left out. Any thread. */
final class Repeats {
    private static final long INTERVAL = 60_000_000_000L;
    /** More kinds of lines than this are not told apart for longer than they are among the latest. */
    private static final int MOST_KINDS = 64;

    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock. */
    private final Map<String, Line> lines = new LinkedHashMap<>(0) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Line> eldest) {
            return size() > MOST_KINDS;
        }
    };

    private static final class Line {
        private final long writtenAt;
        private long leftOut;

        Line(long writtenAt) {
            this.writtenAt = writtenAt;
        }
    }

    /** What to add to the line; null: it is not written. */
    @Nullable
    String next(String kind, long now) {
        lock.lock();
        try {
            Line last = lines.get(kind);
            if (last != null && now - last.writtenAt < INTERVAL) {
                last.leftOut++;
                return null;
            }
            lines.put(kind, new Line(now));
            return last == null || last.leftOut == 0
                    ? ""
                    : " (" + last.leftOut + " more like this since the last line)";
        } finally {
            lock.unlock();
        }
    }

    /** The state has changed: what was repeated is written again when it comes again. Returns what was left out, by kind. */
    Map<String, Long> reset() {
        lock.lock();
        try {
            Map<String, Long> leftOut = new LinkedHashMap<>();
            lines.forEach((kind, line) -> {
                if (line.leftOut > 0) {
                    leftOut.put(kind, line.leftOut);
                }
            });
            lines.clear();
            return leftOut;
        } finally {
            lock.unlock();
        }
    }
}
