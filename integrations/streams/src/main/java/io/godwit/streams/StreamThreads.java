package io.godwit.streams;

import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads that call subscribers unless a stream has an executor: daemons that end after ten seconds without work. */
final class StreamThreads {
    static final Executor SHARED = new ThreadPoolExecutor(
            0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), named(new AtomicInteger()));

    private StreamThreads() {}

    private static java.util.concurrent.ThreadFactory named(AtomicInteger count) {
        return task -> {
            Thread thread = new Thread(task, "godwit-stream-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
