package io.godwit.mqtt.client.transport.netty;

import io.godwit.mqtt.client.transport.LibraryThreads;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;

/**
 * Creates the threads of event loops. Netty's own threads inherit from the thread that creates them, so that one is a thread of
 * the library.
 */
final class IoThreads implements ThreadFactory {

    /** Set once. */
    private final ThreadFactory netty = new DefaultThreadFactory("godwit-io", true);

    @Override
    public Thread newThread(Runnable task) {
        FutureTask<Thread> made = new FutureTask<>(() -> netty.newThread(task));
        LibraryThreads.create("godwit-start", made).start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return made.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot create an event loop's thread", e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
