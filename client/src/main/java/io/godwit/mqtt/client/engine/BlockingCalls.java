package io.godwit.mqtt.client.engine;

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
    private final ClientCore core;
    private final ConnectionManager keeper;
    private final Duration limit;

    BlockingCalls(ClientCore core, ConnectionManager keeper, Duration limit) {
        this.core = core;
        this.keeper = keeper;
        this.limit = limit;
    }

    <T> T await(CompletableFuture<T> future, Supplier<String> what) {
        return await(future, what, limit);
    }

    /** Waits for a future; its failure is thrown as it is. */
    <T> T await(CompletableFuture<T> future, Supplier<String> what, Duration atMost) {
        if (!future.isDone()) {
            core.refuseOnLoop();
        }
        boolean inHandler = core.delivery().blocks();
        try {
            return future.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            throw new MqttTimeoutException(
                    "waited " + Times.text(atMost) + " for " + what.get() + ", in vain; state " + keeper.state());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new MqttTimeoutException("interrupted while waiting for " + what.get());
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause();
            throw cause instanceof RuntimeException runtime ? runtime : new IllegalStateException(cause);
        } finally {
            core.delivery().goesOn(inHandler);
        }
    }

    /** Offers again whenever the queue has room, until it is taken, refused for another reason, or time is up. */
    @Nullable
    Failure untilTaken(Failure full, int bytes, Supplier<@Nullable Failure> offer) {
        core.refuseOnLoop();
        boolean inHandler = core.delivery().blocks();
        try {
            Failure refused = full;
            long left = limit.toNanos();
            while (left > 0 && refused != null && refused.kind() == Failure.Kind.QUEUE_FULL) {
                left = core.awaitRoom(bytes, left);
                refused = offer.get();
            }
            if (refused != null && refused.kind() == Failure.Kind.QUEUE_FULL) {
                throw new MqttTimeoutException(
                        "waited " + Times.text(limit) + " for room in the queue, in vain: " + refused.text());
            }
            return refused;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new MqttTimeoutException("interrupted while waiting for room in the queue");
        } finally {
            core.delivery().goesOn(inHandler);
        }
    }
}
