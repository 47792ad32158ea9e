package io.godwit.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a stream, read by a thread of their own: whoever waits for the next ones can stop, though nobody can interrupt
 * a thread that reads.
 */
final class InputLines {
    private static final int CHUNK = 1 << 16;
    private static final int CHUNKS_AHEAD = 4;
    private static final long LOOK_MILLIS = 100;

    // Set once.
    private final InputStream in;
    private final BooleanSupplier stop;

    // Any thread.
    private final BlockingQueue<Some> read = new ArrayBlockingQueue<>(CHUNKS_AHEAD);

    /** Lines that were read together; none at the end of the stream. */
    private record Some(List<byte[]> lines, @Nullable IOException failure) {}

    /** @param stop whether {@link #next} has to stop waiting; looked at ten times a second */
    InputLines(InputStream in, BooleanSupplier stop) {
        this.in = in;
        this.stop = stop;
        Thread reader = new Thread(this::read, "godwit-lines");
        reader.setDaemon(true);
        reader.start();
    }

    /** The next lines without their ends, at least one; none at the end of the stream or when it has to stop. */
    List<byte[]> next() throws IOException, InterruptedException {
        while (!stop.getAsBoolean()) {
            Some next = read.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            if (next == null) {
                continue;
            }
            if (next.failure != null) {
                throw next.failure;
            }
            return next.lines;
        }
        return List.of();
    }

    private void read() {
        try {
            try {
                readLines();
                read.put(new Some(List.of(), null));
            } catch (IOException e) {
                read.put(new Some(List.of(), e));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void readLines() throws IOException, InterruptedException {
        byte[] chunk = new byte[CHUNK];
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int size = in.read(chunk); size >= 0; size = in.read(chunk)) {
            List<byte[]> lines = new ArrayList<>();
            int from = 0;
            for (int i = 0; i < size; i++) {
                if (chunk[i] == '\n') {
                    line.write(chunk, from, i - from);
                    lines.add(line.toByteArray());
                    line.reset();
                    from = i + 1;
                }
            }
            line.write(chunk, from, size - from);
            if (!lines.isEmpty()) {
                read.put(new Some(lines, null));
            }
        }
        if (line.size() > 0) {
            read.put(new Some(List.of(line.toByteArray()), null));
        }
    }
}
