package io.godwit.mqtt.client.transport.netty;

import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.LibraryThreads;
import io.godwit.mqtt.client.transport.tls.TlsContexts;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The threads for what may block and therefore must not run on a loop. Names, TLS and the application's suppliers have threads
 * of their own, so that a dead name server delays nobody's TLS. The threads are daemons, start on demand and end after ten idle
 * seconds.
 */
final class BlockingTasks implements AutoCloseable {

    private static final int NAME_THREADS = 8;

    /** Set once. */
    private final ThreadPoolExecutor names = pool("godwit-names", NAME_THREADS, new LinkedBlockingQueue<>());

    private final ThreadPoolExecutor tls =
            pool("godwit-tls", Math.min(4, Runtime.getRuntime().availableProcessors()), new LinkedBlockingQueue<>());

    /** Grows as needed: a supplier of one client that blocks must not delay those of others. */
    private final ThreadPoolExecutor suppliers = pool("godwit-suppliers", Integer.MAX_VALUE, new SynchronousQueue<>());

    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock. Null: not needed yet. */
    private @Nullable TlsContexts tlsContexts;

    private final ServiceRecords serviceRecords;

    BlockingTasks(ServiceRecords serviceRecords) {
        this.serviceRecords = serviceRecords;
    }

    /** Looks up SRV records. */
    ServiceRecords serviceRecords() {
        return serviceRecords;
    }

    /** The contexts that all clients of the transport share. */
    TlsContexts tlsContexts() {
        lock.lock();
        try {
            TlsContexts shared = tlsContexts;
            if (shared == null) {
                shared = new TlsContexts();
                tlsContexts = shared;
            }
            return shared;
        } finally {
            lock.unlock();
        }
    }

    /** Reads key material and runs the delegated tasks of TLS engines. */
    Executor tls() {
        return tls;
    }

    /** Resolves names. */
    Executor names() {
        return names;
    }

    /** Calls the application's suppliers. */
    Executor suppliers() {
        return suppliers;
    }

    /**
     * Runs a blocking job with a time limit and passes its outcome to {@code then} on the loop. A job that exceeds its limit
     * is interrupted.
     *
     * @param then receives the value, or {@code null} and the failure: a {@link TimeoutException} if the limit has passed.
     *     Called once, unless the job is cancelled
     */
    <T> Cancellable run(
            Executor executor,
            NettyEventLoop loop,
            long limitNanos,
            Callable<T> job,
            BiConsumer<@Nullable T, @Nullable Throwable> then) {
        Job<T> running = new Job<>(loop, job, then);
        running.timer = loop.schedule(() -> running.end(null, new TimeoutException()), limitNanos);
        try {
            executor.execute(running);
        } catch (RejectedExecutionException e) {
            loop.execute(() -> running.end(null, new IllegalStateException("the transport is closed", e)));
        } catch (Throwable e) {
            loop.execute(() -> running.end(null, e)); // there is no memory for one more thread
        }
        return running;
    }

    @Override
    public void close() {
        names.shutdownNow();
        tls.shutdownNow();
        suppliers.shutdownNow();
    }

    private static ThreadPoolExecutor pool(String name, int threads, BlockingQueue<Runnable> queue) {
        AtomicInteger count = new AtomicInteger();
        int core = threads == Integer.MAX_VALUE ? 0 : threads;
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                core,
                threads,
                10,
                TimeUnit.SECONDS,
                queue,
                task -> LibraryThreads.create(name + "-" + count.incrementAndGet(), task));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** One blocking job: runs on a thread of a pool, ends on the loop. */
    private static final class Job<T> implements Runnable, Cancellable {

        /** Set once. */
        private final NettyEventLoop loop;

        private final Callable<T> job;
        private final BiConsumer<@Nullable T, @Nullable Throwable> then;

        /** Any thread: whether the outcome is no longer needed, and who is working on it. */
        private volatile boolean ended;

        private volatile @Nullable Thread worker;

        /** Set before the job can end. */
        private @Nullable Cancellable timer;

        Job(NettyEventLoop loop, Callable<T> job, BiConsumer<@Nullable T, @Nullable Throwable> then) {
            this.loop = loop;
            this.job = job;
            this.then = then;
        }

        @Override
        public void run() {
            worker = Thread.currentThread();
            if (ended) {
                return;
            }
            T value = null;
            Throwable failure = null;
            try {
                value = job.call();
            } catch (Throwable e) {
                failure = e;
            }
            worker = null;
            T outcome = value;
            Throwable cause = failure;
            try {
                loop.execute(() -> end(outcome, cause));
            } catch (RejectedExecutionException e) {
                ended = true; // the loop has ended, and everybody who waited with it
            }
        }

        /** Loop only. */
        private void end(@Nullable T value, @Nullable Throwable failure) {
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
            Thread blocked = worker;
            if (blocked != null) {
                blocked.interrupt();
            }
        }
    }
}
