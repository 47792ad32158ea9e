package io.godwit.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What a command does when it is ended from outside, by Ctrl-C or a signal: it says good-bye to the broker and sums up. Runs
 * while the JVM shuts down; the exit code is then the signal's. Closing it takes that back.
 */
final class ShutdownHook implements AutoCloseable {
    private final Thread hook;
    private final AtomicBoolean over = new AtomicBoolean();
    private final CountDownLatch started = new CountDownLatch(1);

    ShutdownHook(Runnable farewell) {
        hook = new Thread(
                () -> {
                    if (over.compareAndSet(false, true)) {
                        started.countDown();
                        farewell.run();
                    }
                },
                "godwit-farewell");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Whether the command was ended from outside. */
    boolean hasHappened() {
        return started.getCount() == 0;
    }

    @Override
    public void close() {
        if (over.compareAndSet(false, true)) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException shuttingDown) {
                // the hook finds that it is over
            }
        }
    }
}
