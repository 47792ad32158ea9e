package io.godwit.web.source;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.web.recording.RecordedMessage;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A recording that is being written, in the form of {@code godwit record}. Any thread. */
public final class RecordingFile implements AutoCloseable {
    private static final long LARGEST = 4L << 30;

    // Set once.
    private final Path path;
    private final long start;
    private final @Nullable TopicFilter filter;

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final BufferedWriter out;
    private long messages;
    private long bytes;
    private boolean ended;

    /**
     * @param start the time that the recording's times count from, in milliseconds since 1970
     * @param filter of the topics to record; null: all
     */
    public RecordingFile(Path path, long start, @Nullable TopicFilter filter) throws IOException {
        this.path = path;
        this.start = start;
        this.filter = filter;
        this.out = Files.newBufferedWriter(path);
    }

    public Path path() {
        return path;
    }

    /** Writes a message, unless the recording has ended or is too large. */
    public void write(Message message, long millis) throws IOException {
        if (filter != null && !filter.matches(message.topic())) {
            return;
        }
        lock.lock();
        try {
            if (ended || bytes > LARGEST) {
                return;
            }
            Duration at = Duration.ofMillis(Math.max(0, millis - start));
            String line = new RecordedMessage(at, Instant.ofEpochMilli(millis), message).toJson();
            out.write(line);
            out.write('\n');
            messages++;
            bytes += line.length() + 1L;
        } finally {
            lock.unlock();
        }
    }

    public long messages() {
        lock.lock();
        try {
            return messages;
        } finally {
            lock.unlock();
        }
    }

    /** About the bytes of the file. */
    public long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the recording; the file stays. */
    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            ended = true;
            out.close();
        } finally {
            lock.unlock();
        }
    }
}
