package io.godwit.cli;

import io.godwit.cli.output.Failures;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Publishes message after message and remembers how they end: no more than some are under way, since more would only fill
 * the memory.
 */
final class PublishWindow {
    private static final int UNDER_WAY = 8_192;
    private static final int BYTES_UNDER_WAY = 32 << 20; // half of what the client's queue takes

    // Set once.
    private final MqttClient client;
    private final Duration limit;
    private final Runnable answered;

    // Any thread.
    private final Semaphore room = new Semaphore(UNDER_WAY);
    private final Semaphore bytes = new Semaphore(BYTES_UNDER_WAY);
    private final AtomicLong failed = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /**
     * How many messages of QoS 1 and 2 may be in flight unless the user says. Mosquitto 2.0.11 acknowledges messages of
     * QoS 2 beyond its {@code max_inflight_messages}, 20 unless configured, and drops them; MQTT 3 has no way to tell
     * that limit, MQTT 5 has.
     */
    static int inFlight(Qos highest, ProtocolVersion version) {
        return highest == Qos.EXACTLY_ONCE && version != ProtocolVersion.V5 ? 20 : 1024;
    }

    /**
     * @param limit how long to wait for an acknowledgement at most
     * @param answered runs whenever the broker has acknowledged a message
     */
    PublishWindow(MqttClient client, Duration limit, Runnable answered) {
        this.client = client;
        this.limit = limit;
        this.answered = answered;
    }

    /**
     * Publishes as soon as few enough messages are under way.
     *
     * @throws TimeoutException if none of the messages under way ends within the limit
     */
    void publish(Message message) throws InterruptedException, TimeoutException {
        int size = Math.min(message.payload().length, BYTES_UNDER_WAY);
        take(room, 1);
        take(bytes, size);
        client.publishAsync(message).whenComplete((done, why) -> {
            if (why == null) {
                answered.run();
            } else {
                failed.incrementAndGet();
                failure.compareAndSet(null, Failures.unwrap(why));
            }
            bytes.release(size);
            room.release();
        });
    }

    private void take(Semaphore from, int permits) throws InterruptedException, TimeoutException {
        int before = room.availablePermits();
        while (!from.tryAcquire(permits, limit.toMillis(), TimeUnit.MILLISECONDS)) {
            int now = room.availablePermits();
            if (now <= before) {
                throw overdue(UNDER_WAY - now);
            }
            before = now; // a large message waits for several small ones
        }
    }

    /**
     * Waits until all have ended.
     *
     * @throws TimeoutException if they have not within the limit
     */
    void await() throws InterruptedException, TimeoutException {
        if (!room.tryAcquire(UNDER_WAY, limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw overdue(UNDER_WAY - room.availablePermits());
        }
        room.release(UNDER_WAY);
    }

    private TimeoutException overdue(int missing) {
        return new TimeoutException(missing + (missing == 1 ? " message was" : " messages were")
                + " not acknowledged within " + ClientCommand.time(limit));
    }

    /** How many have failed so far. */
    long failed() {
        return failed.get();
    }

    /** Why the first one has failed; null: none has. */
    @Nullable
    Throwable failure() {
        return failure.get();
    }
}
