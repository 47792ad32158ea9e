package io.godwit.web.source;

import io.godwit.web.model.TopicTree;
import io.godwit.web.recording.RecordedMessage;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A recording that is shown like a broker: the tree is in the state of a position in time, which can be moved and played. The file is
 * read as a stream, so it may be larger than the memory; going back reads it from the beginning.
 */
public final class RecordingSource implements Source {
    private static final int STEP_MILLIS = 50;
    private static final int BUFFER = 16 << 10;
    /** The largest payload of MQTT in Base64, or what the heap has room for. */
    static final int LONGEST_LINE =
            (int) Math.min(400_000_000, Runtime.getRuntime().maxMemory() / 16);

    // Set once.
    private final Path file;
    private final boolean temporary;
    private final String name;
    private final TopicTree tree;
    private final Runnable changed;
    private final ExecutorService worker = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "godwit-web-recording");
        thread.setDaemon(true);
        return thread;
    });
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private SourceState state = SourceState.LOADING;
    private @Nullable Problem problem;
    private Timeline timeline = new Timeline(0, 0, 0, List.of());
    private long position;
    private double speed;

    /** Grows with each command, so that an older one stops. Any thread. */
    private volatile long command;

    // Worker thread only.
    private @Nullable Lines lines;

    /**
     * Opens a recording and begins to read it.
     *
     * @param temporary whether the file is deleted at the end
     * @param changed called when {@link #info} has changed, on any thread
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if its first line is not one of a recording
     */
    public RecordingSource(Path file, boolean temporary, String name, TopicTree tree, Runnable changed)
            throws IOException {
        this.file = file;
        this.temporary = temporary;
        this.name = name;
        this.tree = tree;
        this.changed = changed;
        try (Lines first = new Lines(file)) {
            if (first.next() == null) {
                throw new IllegalArgumentException("the recording has no messages");
            }
        }
        worker.execute(this::load);
    }

    /** Reads everything once, for the time line and for the tree at the end. */
    private void load() {
        long mine = command;
        Buckets buckets = new Buckets();
        long messages = 0;
        long start = -1;
        long end = 0;
        try (Lines all = new Lines(file)) {
            Entry entry = all.next();
            while (entry != null && mine == command) {
                start = start < 0 ? entry.millis : start;
                end = Math.max(end, entry.millis);
                buckets.add(Math.max(0, entry.millis - start));
                tree.add(entry.message.message(), entry.millis);
                messages++;
                entry = all.next();
            }
            set(SourceState.ENDED, end, null, new Timeline(start, buckets.duration(), messages, buckets.toList()));
        } catch (IOException | IllegalArgumentException e) {
            fail(e, new Timeline(Math.max(0, start), buckets.duration(), messages, buckets.toList()));
        }
    }

    private void fail(Exception e, Timeline until) {
        Problem why = new Problem(
                String.valueOf(e.getMessage()),
                null,
                null,
                System.currentTimeMillis(),
                List.of("what is before this place is shown"),
                List.of());
        set(SourceState.FAILED, until.start() + until.duration(), why, until);
    }

    private void set(
            SourceState newState, long newPosition, @Nullable Problem newProblem, @Nullable Timeline newTimeline) {
        lock.lock();
        try {
            if (state == SourceState.CLOSED) {
                return;
            }
            state = newState;
            position = newPosition;
            problem = newProblem;
            timeline = newTimeline == null ? timeline : newTimeline;
        } finally {
            lock.unlock();
        }
        changed.run();
    }

    /** Shows the state at this time, in milliseconds since 1970. */
    public void seek(long millis) {
        long mine = nextCommand();
        worker.execute(() -> run(() -> {
            moveTo(millis, mine);
            if (mine == command) {
                set(isAtEnd() ? SourceState.ENDED : SourceState.PAUSED, millis, null, null);
            }
        }));
    }

    /**
     * Plays on from the position; 0 pauses.
     *
     * @param times how much faster than recorded, 1 to 1000
     */
    public void play(double times) {
        long mine = nextCommand();
        lock.lock();
        try {
            speed = times;
        } finally {
            lock.unlock();
        }
        worker.execute(() -> run(() -> {
            if (times <= 0) {
                set(isAtEnd() ? SourceState.ENDED : SourceState.PAUSED, position(), null, null);
            } else {
                set(SourceState.PLAYING, position(), null, null);
                moveTo(position(), mine);
                playFrom(position(), times, mine);
            }
        }));
    }

    private long nextCommand() {
        lock.lock();
        try {
            command = command + 1;
            return command;
        } finally {
            lock.unlock();
        }
    }

    /** Work that reads the file. */
    private interface Reading {
        void run() throws IOException, InterruptedException;
    }

    private void run(Reading reading) {
        try {
            reading.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | IllegalArgumentException e) {
            fail(e, timeline());
        }
    }

    private Timeline timeline() {
        lock.lock();
        try {
            return timeline;
        } finally {
            lock.unlock();
        }
    }

    private boolean isAtEnd() {
        Lines open = lines;
        return open != null && open.peeked == null && open.ended;
    }

    /** Adds messages up to the time; begins again if the tree is further. */
    private void moveTo(long millis, long mine) throws IOException {
        Lines open = lines;
        if (open == null || open.last > millis) {
            if (open != null) {
                open.close();
            }
            tree.clear();
            open = new Lines(file);
            lines = open;
        }
        for (Entry entry = open.peek();
                entry != null && entry.millis <= millis && mine == command;
                entry = open.peek()) {
            tree.add(entry.message.message(), entry.millis);
            open.next();
        }
    }

    private void playFrom(long from, double times, long mine) throws IOException, InterruptedException {
        long began = System.nanoTime();
        while (mine == command) {
            long now = from + (long) ((System.nanoTime() - began) / 1e6 * times);
            moveTo(now, mine);
            lock.lock();
            try {
                position = now;
            } finally {
                lock.unlock();
            }
            if (isAtEnd()) {
                set(SourceState.ENDED, lines == null ? now : lines.last, null, null);
                return;
            }
            TimeUnit.MILLISECONDS.sleep(STEP_MILLIS);
        }
    }

    /** The time that the tree shows, in milliseconds since 1970. */
    public long position() {
        lock.lock();
        try {
            return position;
        } finally {
            lock.unlock();
        }
    }

    /** How much faster than recorded it plays. */
    public double speed() {
        lock.lock();
        try {
            return speed;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public TopicTree tree() {
        return tree;
    }

    @Override
    public Info info() {
        lock.lock();
        try {
            return new Info(name, name, true, null, List.of(), state, null, problem, timeline);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        nextCommand();
        lock.lock();
        try {
            state = SourceState.CLOSED;
        } finally {
            lock.unlock();
        }
        worker.execute(() -> {
            try {
                if (lines != null) {
                    lines.close();
                }
                if (temporary) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        worker.shutdown();
        tree.close();
    }

    /** A message and its time. */
    private record Entry(RecordedMessage message, long millis) {}

    /** The lines of the file, plain or compressed. */
    private static final class Lines implements AutoCloseable {
        private final Reader reader;
        private final char[] buffer = new char[BUFFER];
        private int from;
        private int to;
        private long number;
        private long base = Long.MIN_VALUE;
        private long last = Long.MIN_VALUE;
        private @Nullable Entry peeked;
        private boolean ended;

        Lines(Path file) throws IOException {
            InputStream in = new BufferedInputStream(Files.newInputStream(file));
            in.mark(2);
            boolean compressed = in.read() == 0x1F && in.read() == 0x8B;
            in.reset();
            reader = new InputStreamReader(compressed ? new GZIPInputStream(in) : in, StandardCharsets.UTF_8);
        }

        @Nullable
        Entry peek() throws IOException {
            if (peeked == null && !ended) {
                peeked = read();
                ended = peeked == null;
            }
            return peeked;
        }

        @Nullable
        Entry next() throws IOException {
            Entry entry = peek();
            peeked = null;
            if (entry != null) {
                last = Math.max(last, entry.millis);
            }
            return entry;
        }

        private @Nullable Entry read() throws IOException {
            String line = line();
            while (line != null && line.isBlank()) {
                line = line();
            }
            if (line == null) {
                return null;
            }
            try {
                RecordedMessage message = RecordedMessage.parse(line);
                Instant time = message.time();
                long at = message.at().toMillis();
                if (base == Long.MIN_VALUE) {
                    base = time == null ? 0 : time.toEpochMilli() - at;
                }
                return new Entry(message, time == null ? base + at : time.toEpochMilli());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("line " + number + ": " + e.getMessage(), e);
            }
        }

        /** The next line; null at the end. A few compressed bytes may be a line of any length. */
        private @Nullable String line() throws IOException {
            number++;
            StringBuilder line = new StringBuilder();
            while (from < to || fill()) {
                int end = from;
                while (end < to && buffer[end] != '\n') {
                    end++;
                }
                if (line.length() + end - from > LONGEST_LINE) {
                    throw new IllegalArgumentException(
                            "line " + number + " has more than " + LONGEST_LINE + " characters");
                }
                line.append(buffer, from, end - from);
                from = end + 1;
                if (end < to) {
                    return line.toString();
                }
            }
            return line.length() == 0 ? null : line.toString();
        }

        private boolean fill() throws IOException {
            from = 0;
            to = Math.max(0, reader.read(buffer));
            return to > 0;
        }

        @Override
        public void close() throws IOException {
            reader.close();
        }
    }
}
