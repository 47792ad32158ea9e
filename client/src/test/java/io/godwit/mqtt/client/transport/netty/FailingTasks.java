package io.godwit.mqtt.client.transport.netty;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of an event loop whose thread fails when the test says so: within Netty, where no task of the loop can catch it, and
 * several times if Netty's clean-up is to fail as well.
 */
public final class FailingTasks extends ConcurrentLinkedQueue<Runnable> {

    private static final long serialVersionUID = 1L;

    private final AtomicInteger failures = new AtomicInteger();

    /** A transport with one loop that has these tasks. */
    public NettyTransport transport() {
        return transport(null);
    }

    NettyTransport transport(@Nullable Sockets sockets) {
        Supplier<Queue<Runnable>> queues = () -> this;
        return new NettyTransport(1, sockets, new ServiceRecords(), queues);
    }

    /** The next looks for a task throw. */
    public void fail(int times) {
        failures.set(times);
        add(() -> {});
    }

    /** Whether all of them have. */
    public boolean haveFailed() {
        return failures.get() == 0;
    }

    @Override
    public @Nullable Runnable poll() {
        if (failures.get() > 0) {
            failures.decrementAndGet();
            throw new OutOfMemoryError("thrown by the test");
        }
        return super.poll();
    }
}
