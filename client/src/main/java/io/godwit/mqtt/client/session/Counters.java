package io.godwit.mqtt.client.session;

import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.Puback;
import io.godwit.mqtt.protocol.Pubcomp;
import io.godwit.mqtt.protocol.Pubrec;

/**
 * What a session counts: plain fields under the session's lock, so that nothing is paid for them where nobody asks. Who asks
 * gets a {@link #copy}. Round trips are measured on one publish at a time, with the times at which bytes are moved anyway.
 */
public final class Counters {
    private final long[] accepted = new long[3];
    private final long[] acknowledged = new long[3];
    private final long[] failed = new long[3];
    private final long[] expired = new long[3];
    private final long[] received = new long[3];
    private long refused;
    private long recovered;
    private long handled;
    private long handlersFailed;
    private long handlerNanos;
    private long unhandled;
    private long dropped;
    private long rejected;
    private Timing acknowledgements = new Timing();
    private Timing pings = new Timing();

    // ---- publishes ----

    void accepted(int qos) {
        accepted[qos]++;
    }

    /** A message of QoS 0 was sent that nobody follows. */
    void sentAtOnce() {
        accepted[0]++;
        acknowledged[0]++;
    }

    void recovered() {
        recovered++;
    }

    /** A publish was not accepted. */
    public void refused() {
        refused++;
    }

    void ended(PublishExchange<?> publish, Outcome outcome) {
        if (!publish.isCounted()) {
            return;
        }
        int qos = publish.message.qos().level();
        if (outcome == Outcome.SUCCESS) {
            acknowledged[qos]++;
        } else if (outcome instanceof Failure failure) {
            (failure.kind() == Failure.Kind.EXPIRED ? expired : failed)[qos]++;
        } else if (outcome instanceof Outcome.Answer answer) {
            (isError(answer.packet()) ? failed : acknowledged)[qos]++;
        }
    }

    private static boolean isError(Packet answer) {
        return answer instanceof Puback puback && puback.reason().isError()
                || answer instanceof Pubrec pubrec && pubrec.reason().isError()
                || answer instanceof Pubcomp pubcomp && pubcomp.reason().isError();
    }

    void acknowledgedAfter(long nanos) {
        acknowledgements.add(nanos);
    }

    void pingAnsweredAfter(long nanos) {
        pings.add(nanos);
    }

    // ---- messages ----

    void received(int qos) {
        received[qos]++;
    }

    void unhandled() {
        unhandled++;
    }

    void dropped() {
        dropped++;
    }

    void rejected() {
        rejected++;
    }

    /** The handlers of this many messages have returned. */
    public void handled(long messages, long nanos) {
        handled += messages;
        handlerNanos += nanos;
    }

    /** A handler has thrown. */
    public void handlerFailed() {
        handlersFailed++;
    }

    // ---- what is asked for ----

    public Counters copy() {
        Counters copy = new Counters();
        System.arraycopy(accepted, 0, copy.accepted, 0, 3);
        System.arraycopy(acknowledged, 0, copy.acknowledged, 0, 3);
        System.arraycopy(failed, 0, copy.failed, 0, 3);
        System.arraycopy(expired, 0, copy.expired, 0, 3);
        System.arraycopy(received, 0, copy.received, 0, 3);
        copy.refused = refused;
        copy.recovered = recovered;
        copy.handled = handled;
        copy.handlersFailed = handlersFailed;
        copy.handlerNanos = handlerNanos;
        copy.unhandled = unhandled;
        copy.dropped = dropped;
        copy.rejected = rejected;
        copy.acknowledgements = acknowledgements.copy();
        copy.pings = pings.copy();
        return copy;
    }

    /** A figure for each QoS, by its level. */
    public long[] accepted() {
        return accepted;
    }

    public long[] acknowledged() {
        return acknowledged;
    }

    public long[] failed() {
        return failed;
    }

    public long[] expired() {
        return expired;
    }

    public long[] received() {
        return received;
    }

    public long refusedPublishes() {
        return refused;
    }

    public long recoveredPublishes() {
        return recovered;
    }

    public long handledMessages() {
        return handled;
    }

    public long failedHandlers() {
        return handlersFailed;
    }

    public long handlerNanos() {
        return handlerNanos;
    }

    public long unhandledMessages() {
        return unhandled;
    }

    public long droppedMessages() {
        return dropped;
    }

    public long rejectedMessages() {
        return rejected;
    }

    public Timing acknowledgements() {
        return acknowledgements;
    }

    public Timing pings() {
        return pings;
    }
}
