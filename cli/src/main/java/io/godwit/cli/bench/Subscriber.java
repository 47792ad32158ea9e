package io.godwit.cli.bench;

import io.godwit.mqtt.client.MessageHandler;
import io.godwit.mqtt.protocol.Message;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One subscriber: times what comes, and checks it against the publishers' sequences. Members of a shared subscription check
 * together what is missing and double, and each for itself the order.
 */
final class Subscriber implements MessageHandler {
    private static final byte[] NO_HEADER = {};

    // Set once.
    private final int index;
    private final LoadTest bench;
    private final @Nullable SharedCheck shared;

    // Calls of the handler, which come one after the other. Others read when unique was read.
    private final @Nullable SequenceCheck[] checks;
    /** Of a member of a shared subscription: the highest number so far of each publisher, and 1. */
    private final long[] reached;

    private long behind;
    private final AtomicLong unique = new AtomicLong();

    Subscriber(int index, LoadTest bench, @Nullable SharedCheck shared) {
        this.index = index;
        this.bench = bench;
        this.shared = shared;
        int publishers = bench.plan().publishers();
        this.checks = new SequenceCheck[shared == null ? publishers : 0];
        this.reached = new long[shared == null ? 0 : publishers];
    }

    @Override
    public void handle(Message message) {
        long now = System.nanoTime();
        byte[] payload = message.payload();
        Tally tally = bench.tallies().mine();
        tally.add(Tally.Count.RECEIVED, 1);
        tally.add(Tally.Count.BYTES_IN, payload.length);
        if (!bench.plan().numbersMessages()) {
            tally.add(Tally.Count.UNIQUE, 1);
            unique.lazySet(unique.getPlain() + 1);
            measured(tally, payload.length, now);
            return;
        }
        byte[] header = header(message);
        if (!PayloadHeader.isOf(bench.id(), header)
                || PayloadHeader.publisher(header) >= bench.plan().publishers()) {
            tally.add(Tally.Count.OTHER, 1);
            measured(tally, payload.length, now);
            return;
        }
        boolean isNew = check(PayloadHeader.publisher(header), PayloadHeader.sequence(header));
        if (isNew) {
            tally.add(Tally.Count.UNIQUE, 1);
            unique.lazySet(unique.getPlain() + 1);
        }
        long due = PayloadHeader.due(header);
        if (bench.window().measures(due)) {
            measured(tally, payload.length, now);
            if (isNew) {
                Tally.record(tally.endToEnd, now - due);
            }
        }
    }

    private byte[] header(Message message) {
        if (bench.plan().contents() == null) {
            return message.payload();
        }
        byte[] beside = message.correlationData();
        return beside == null ? NO_HEADER : beside;
    }

    /** False: this message was here before. */
    private boolean check(int publisher, long sequence) {
        if (shared == null) {
            SequenceCheck check = checks[publisher];
            if (check == null) {
                check = new SequenceCheck();
                checks[publisher] = check;
            }
            return check.received(sequence);
        }
        boolean isNew = shared.received(publisher, sequence);
        if (isNew && sequence < reached[publisher]) {
            behind++;
        }
        reached[publisher] = Math.max(reached[publisher], sequence + 1);
        return isNew;
    }

    private void measured(Tally tally, int bytes, long now) {
        if (bench.window().measures(now)) {
            tally.add(Tally.Count.RECEIVED_MEASURED, 1);
            tally.add(Tally.Count.BYTES_IN_MEASURED, bytes);
            tally.set(Tally.Count.LAST_RECEIVED, now);
        }
    }

    int index() {
        return index;
    }

    /** Messages of this run that came, each counted once. */
    long unique() {
        return unique.get();
    }

    /** A member of a shared subscription: messages that came after later ones; call {@link #unique} before. */
    long behind() {
        return behind;
    }

    /** What came of a publisher; call {@link #unique} before. */
    SequenceCheck check(int publisher) {
        SequenceCheck check = checks[publisher];
        return check != null ? check : new SequenceCheck();
    }
}
