package io.godwit.cli.doctor;

import io.godwit.mqtt.client.net.TransportException;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.Attempt;
import io.godwit.mqtt.client.transport.ConnectProgress;
import io.godwit.mqtt.client.transport.Connection;
import io.godwit.mqtt.client.transport.ConnectionListener;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.client.transport.Transport;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One connection attempt, from the name to the last step before MQTT, with the time of each step. The connection is closed
 * at once.
 *
 * @param passed the points that were passed, in order
 * @param failure why it ended early; null when it came to the end
 * @param failedAfter nanoseconds from the last point to the failure
 */
record ConnectProbe(List<Passed> passed, @Nullable TransportException failure, long failedAfter) {

    /** A point, and the nanoseconds from the one before. */
    record Passed(ConnectProgress point, long nanos) {}

    boolean succeeded() {
        return failure == null;
    }

    /** Connects and waits; each step has its own time limit in the options. */
    static ConnectProbe along(TransportOptions options, Transport transport) throws InterruptedException {
        Listener listener = new Listener();
        EventLoop loop = transport.nextLoop();
        Attempt attempt = transport.open(loop, options, listener);
        // Key files, SRV records, the name, the address, the handshakes: none may take longer than its limit.
        Duration limit = options.resolveTimeout()
                .multipliedBy(2)
                .plus(options.connectTimeout())
                .plus(options.handshakeTimeout().multipliedBy(2));
        try {
            listener.end.get(limit.toMillis() + 1_000, TimeUnit.MILLISECONDS);
            return new ConnectProbe(listener.passed, null, 0);
        } catch (ExecutionException e) {
            return new ConnectProbe(
                    listener.passed, (TransportException) e.getCause(), System.nanoTime() - listener.last);
        } catch (TimeoutException e) {
            attempt.cancel();
            throw new IllegalStateException("the connection attempt did not end: " + options, e);
        }
    }

    /** Notes the time of each call; all of them come on the loop. */
    private static final class Listener implements ConnectionListener {
        private final List<Passed> passed = new CopyOnWriteArrayList<>();
        private final CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
        private volatile long last = System.nanoTime();

        @Override
        public void progress(ConnectProgress progress) {
            long now = System.nanoTime();
            passed.add(new Passed(progress, now - last));
            last = now;
        }

        @Override
        public void connected(Connection connection) {
            connection.close(true);
            end.complete(null);
        }

        @Override
        public void failed(TransportException failure) {
            end.completeExceptionally(failure);
        }

        @Override
        public void received(ByteBuf bytes) {}

        @Override
        public void readComplete() {}

        @Override
        public void writabilityChanged() {}

        @Override
        public void closed(@Nullable Throwable cause) {}
    }
}
