package io.godwit.cli.doctor;

import io.godwit.mqtt.protocol.Message;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Collects what comes back, with the time at which it came. */
final class Echo {
    private final LinkedBlockingQueue<Heard> heard = new LinkedBlockingQueue<>();

    record Heard(Message message, long nanoTime) {}

    void hear(Message message) {
        heard.add(new Heard(message, System.nanoTime()));
    }

    /** The next with this payload; null when it does not come in time. Others are passed over. */
    @Nullable
    Heard await(byte[] payload, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        Heard next;
        do {
            next = heard.poll(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } while (next != null && !java.util.Arrays.equals(next.message().payload(), payload));
        return next;
    }
}
