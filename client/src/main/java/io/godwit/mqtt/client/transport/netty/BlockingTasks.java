package io.godwit.mqtt.client.transport.netty;

import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.tls.TlsContexts;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The threads for what may block and therefore must not run on a loop. Names have threads of their own, so that a dead
 * name server does not hold up anybody's TLS. The threads are daemons, start on demand and end after ten idle seconds.
 */
final class BlockingTasks implements AutoCloseable {

    private static final int NAME_THREADS = 8;

    /** Set once. */
    private final ThreadPoolExecutor names = pool("godwit-names", NAME_THREADS);

    private final ThreadPoolExecutor tls =
            pool("godwit-tls", Math.min(4, Runtime.getRuntime().availableProcessors()));

    private final TlsContexts tlsContexts = new TlsContexts();

    private final ServiceRecords serviceRecords;

    BlockingTasks(ServiceRecords serviceRecords) {
        this.serviceRecords = serviceRecords;
    }

    /** Where SRV records are asked for. */
    ServiceRecords serviceRecords() {
        return serviceRecords;
    }

    /** The contexts that all clients of the transport share. */
    TlsContexts tlsContexts() {
        return tlsContexts;
    }

    /** Where key material is read and TLS engines do their sums. */
    Executor tls() {
        return tls;
    }

    /** Where names are resolved. */
    Executor names() {
        return names;
    }

    /**
     * Runs a blocking job with a time limit and hands its outcome to {@code then} on the loop.
     *
     * @param then gets the value, or {@code null} and the failure: a {@link TimeoutException} when the limit is over.
     *     Called once, unless the job is cancelled
     */
    <T> Cancellable run(
            Executor executor,
            NettyEventLoop loop,
            long limitNanos,
            Callable<T> job,
            BiConsumer<@Nullable T, @Nullable Exception> then) {
        Job<T> running = new Job<>(loop, job, then);
        running.timer = loop.schedule(() -> running.end(null, new TimeoutException()), limitNanos);
        try {
            executor.execute(running);
        } catch (RejectedExecutionException e) {
            loop.execute(() -> running.end(null, new IllegalStateException("the transport is closed", e)));
        }
        return running;
    }

    @Override
    public void close() {
        names.shutdownNow();
        tls.shutdownNow();
    }

    private static ThreadPoolExecutor pool(String name, int threads) {
        AtomicInteger count = new AtomicInteger();
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(threads, threads, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** One blocking job: runs on a helper thread, ends on the loop. */
    private static final class Job<T> implements Runnable, Cancellable {

        private final NettyEventLoop loop;
        private final Callable<T> job;
        private final BiConsumer<@Nullable T, @Nullable Exception> then;

        /** Written by the loop, read by all: whether anybody still wants the outcome. */
        private volatile boolean ended;

        /** Set before the job can end. */
        private @Nullable Cancellable timer;

        Job(NettyEventLoop loop, Callable<T> job, BiConsumer<@Nullable T, @Nullable Exception> then) {
            this.loop = loop;
            this.job = job;
            this.then = then;
        }

        @Override
        public void run() {
            if (ended) {
                return;
            }
            T value = null;
            Exception failure = null;
            try {
                value = job.call();
            } catch (Exception e) {
                failure = e;
            } catch (LinkageError | AssertionError e) {
                failure = new IllegalStateException(e.toString(), e);
            }
            T outcome = value;
            Exception cause = failure;
            try {
                loop.execute(() -> end(outcome, cause));
            } catch (RejectedExecutionException e) {
                ended = true; // the loop is gone, and with it whoever waited
            }
        }

        /** Loop only. */
        private void end(@Nullable T value, @Nullable Exception failure) {
            if (!ended) {
                cancel();
                then.accept(value, failure);
            }
        }

        /** Loop only. */
        @Override
        public void cancel() {
            ended = true;
            if (timer != null) {
                timer.cancel();
            }
        }
    }
}
