package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.ClientState;
import io.godwit.mqtt.client.MqttInterruptedException;
import io.godwit.mqtt.client.MqttTimeoutException;
import io.godwit.mqtt.client.session.Failure;
import io.godwit.mqtt.client.transport.Times;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Blocking calls: each has a time limit and says what it waited for. */
final class BlockingCalls {
    // Set once.
    private final GuardedSession session;
    private final JoinWaiters joins;
    private final HandlerThread handlers;
    private final Supplier<ClientState> state;
    private final Duration limit;

    BlockingCalls(
            GuardedSession session,
            JoinWaiters joins,
            HandlerThread handlers,
            Supplier<ClientState> state,
            Duration limit) {
        this.session = session;
        this.joins = joins;
        this.handlers = handlers;
        this.state = state;
        this.limit = limit;
    }

    <T> T await(CompletableFuture<T> future, Supplier<String> what) {
        return await(future, what, limit);
    }

    /** Waits for a future; its failure is thrown as it is. */
    <T> T await(CompletableFuture<T> future, Supplier<String> what, Duration atMost) {
        if (!future.isDone()) {
            joins.refuseOnLoop();
        }
        boolean inHandler = handlers.block();
        try {
            return future.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            throw new MqttTimeoutException("timed out after " + Times.text(atMost) + " waiting for " + what.get()
                    + " in state " + state.get());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new MqttInterruptedException("interrupted while waiting for " + what.get(), interrupted);
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause();
            throw cause instanceof RuntimeException runtime ? runtime : new IllegalStateException(cause);
        } finally {
            handlers.unblock(inHandler);
        }
    }

    /** Waits as {@link #await} does, also if the thread is interrupted, whose flag is then set again. */
    void awaitUninterrupted(CompletableFuture<?> future, Supplier<String> what, Duration atMost) {
        boolean interrupted = Thread.interrupted();
        long end = System.nanoTime() + atMost.toNanos();
        try {
            while (true) {
                try {
                    await(future, what, Duration.ofNanos(Math.max(1, end - System.nanoTime())));
                    return;
                } catch (MqttInterruptedException again) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Offers again whenever the queue has room, until it is accepted, refused for another reason, or time is up. */
    @Nullable
    Failure untilAccepted(Failure full, int bytes, Supplier<@Nullable Failure> offer) {
        joins.refuseOnLoop();
        boolean inHandler = handlers.block();
        try {
            Failure refused = full;
            long left = limit.toNanos();
            while (left > 0 && refused != null && refused.kind() == Failure.Kind.QUEUE_FULL) {
                left = session.awaitRoom(bytes, left);
                refused = offer.get();
            }
            if (refused != null && refused.kind() == Failure.Kind.QUEUE_FULL) {
                throw new MqttTimeoutException(
                        "timed out after " + Times.text(limit) + " waiting for room in the queue: " + refused.text());
            }
            return refused;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new MqttInterruptedException("interrupted while waiting for room in the queue", interrupted);
        } finally {
            handlers.unblock(inHandler);
        }
    }
}
