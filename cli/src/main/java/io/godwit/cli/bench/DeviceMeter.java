package io.godwit.cli.bench;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Message;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Publishes for simulated devices and counts what becomes of it. Any thread. */
public final class DeviceMeter {

    // Set once.
    private final LoadTest test;

    // Any thread.
    private final AtomicLong inFlight = new AtomicLong();
    private volatile boolean closing;
    private final AtomicLong unanswered = new AtomicLong();

    DeviceMeter(LoadTest test) {
        this.test = test;
    }

    /** @param due when the message should go out, in nanoseconds of {@link System#nanoTime}; latency counts from there */
    public void publish(MqttClient client, Message message, long due) {
        boolean measured = test.window().measures(due);
        Tally tally = test.tallies().mine();
        tally.add(Tally.Count.SENT, 1);
        if (measured) {
            tally.add(Tally.Count.SENT_MEASURED, 1);
            Tally.record(tally.lag, System.nanoTime() - due);
        }
        inFlight.incrementAndGet();
        int bytes = message.payload().length;
        client.publishAsync(message).whenComplete((result, failure) -> ended(due, bytes, measured, failure));
    }

    private void ended(long due, int bytes, boolean measured, @Nullable Throwable failure) {
        inFlight.decrementAndGet();
        Tally tally = test.tallies().mine();
        if (failure == null) {
            tally.add(Tally.Count.ENDED, 1);
            if (measured) {
                long now = System.nanoTime();
                Tally.record(tally.acknowledgement, now - due);
                tally.add(Tally.Count.ENDED_MEASURED, 1);
                tally.add(Tally.Count.BYTES_OUT_MEASURED, bytes);
                tally.set(Tally.Count.LAST_ENDED, now);
            }
        } else if (closing) {
            unanswered.incrementAndGet();
        } else {
            tally.add(Tally.Count.FAILED, 1);
            test.problems().add("not published", failure);
        }
    }

    /** A command has arrived. */
    public void received(Message message) {
        Tally tally = test.tallies().mine();
        tally.add(Tally.Count.RECEIVED, 1);
        tally.add(Tally.Count.BYTES_IN, message.payload().length);
    }

    /** Something that a device could not do. */
    public void problem(String what, Throwable failure) {
        test.problems().add(what, failure);
    }

    long inFlight() {
        return inFlight.get();
    }

    long unanswered() {
        return unanswered.get();
    }

    void closing() {
        closing = true;
    }
}
