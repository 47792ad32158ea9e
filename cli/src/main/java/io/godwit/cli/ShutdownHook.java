package io.godwit.cli;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What a command does when a signal such as Ctrl-C ends it: it disconnects and prints a summary. Runs while the JVM shuts
 * down; the exit code is then the signal's. Closing it removes the hook.
 */
final class ShutdownHook implements AutoCloseable {
    private final Thread hook;
    private final AtomicBoolean over = new AtomicBoolean();

    ShutdownHook(Runnable action) {
        hook = new Thread(
                () -> {
                    if (over.compareAndSet(false, true)) {
                        action.run();
                    }
                },
                "godwit-shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
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
