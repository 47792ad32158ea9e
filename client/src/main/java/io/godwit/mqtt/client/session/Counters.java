package io.godwit.mqtt.client.session;

import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.Puback;
import io.godwit.mqtt.protocol.Pubcomp;
import io.godwit.mqtt.protocol.Pubrec;
import org.jspecify.annotations.Nullable;

/**
 * What a session counts: plain figures under the session's lock, so that nothing is paid for them where nobody asks. Who asks
 * gets a {@link #copy}. Round trips are measured on one publish at a time, with the times at which bytes are moved anyway.
 */
public final class Counters {
    // Where each figure is; of the first ones there is one for each QoS.
    private static final int ACCEPTED = 0;
    private static final int ACKNOWLEDGED = 3;
    private static final int FAILED = 6;
    private static final int EXPIRED = 9;
    private static final int RECEIVED = 12;
    private static final int REFUSED = 15;
    private static final int RECOVERED = 16;
    private static final int HANDLED = 17;
    private static final int HANDLERS_FAILED = 18;
    private static final int HANDLER_NANOS = 19;
    private static final int UNHANDLED = 20;
    private static final int DROPPED = 21;
    private static final int REJECTED = 22;
    private static final int FIGURES = 23;

    /** Made when something is counted first. */
    private long @Nullable [] figures;

    private @Nullable Timing acknowledgements;
    private @Nullable Timing pings;

    private long[] figures() {
        long[] made = figures;
        if (made == null) {
            made = new long[FIGURES];
            figures = made;
        }
        return made;
    }

    private long figure(int index) {
        return figures == null ? 0 : figures[index];
    }

    private long[] perQos(int index) {
        return new long[] {figure(index), figure(index + 1), figure(index + 2)};
    }

    // ---- publishes ----

    void accepted(int qos) {
        figures()[ACCEPTED + qos]++;
    }

    /** A message of QoS 0 was sent that nobody follows. */
    void sentAtOnce() {
        long[] counted = figures();
        counted[ACCEPTED]++;
        counted[ACKNOWLEDGED]++;
    }

    void recovered() {
        figures()[RECOVERED]++;
    }

    /** A publish was not accepted. */
    public void refused() {
        figures()[REFUSED]++;
    }

    void ended(PublishExchange<?> publish, Outcome outcome) {
        if (!publish.isCounted()) {
            return;
        }
        int qos = publish.message.qos().level();
        if (outcome == Outcome.SUCCESS) {
            figures()[ACKNOWLEDGED + qos]++;
        } else if (outcome instanceof Failure failure) {
            figures()[(failure.kind() == Failure.Kind.EXPIRED ? EXPIRED : FAILED) + qos]++;
        } else if (outcome instanceof Outcome.Answer answer) {
            figures()[(isError(answer.packet()) ? FAILED : ACKNOWLEDGED) + qos]++;
        }
    }

    private static boolean isError(Packet answer) {
        return answer instanceof Puback puback && puback.reason().isError()
                || answer instanceof Pubrec pubrec && pubrec.reason().isError()
                || answer instanceof Pubcomp pubcomp && pubcomp.reason().isError();
    }

    void acknowledgedAfter(long nanos) {
        acknowledgements = Timing.with(acknowledgements, nanos);
    }

    void pingAnsweredAfter(long nanos) {
        pings = Timing.with(pings, nanos);
    }

    // ---- messages ----

    void received(int qos) {
        figures()[RECEIVED + qos]++;
    }

    void unhandled() {
        figures()[UNHANDLED]++;
    }

    void dropped() {
        figures()[DROPPED]++;
    }

    void rejected() {
        figures()[REJECTED]++;
    }

    /** The handlers of this many messages have returned. */
    public void handled(long messages, long nanos) {
        long[] counted = figures();
        counted[HANDLED] += messages;
        counted[HANDLER_NANOS] += nanos;
    }

    /** A handler has thrown. */
    public void handlerFailed() {
        figures()[HANDLERS_FAILED]++;
    }

    // ---- what is asked for ----

    public Counters copy() {
        Counters copy = new Counters();
        copy.figures = figures == null ? null : figures.clone();
        copy.acknowledgements = Timing.copy(acknowledgements);
        copy.pings = Timing.copy(pings);
        return copy;
    }

    /** A figure for each QoS, by its level. */
    public long[] accepted() {
        return perQos(ACCEPTED);
    }

    public long[] acknowledged() {
        return perQos(ACKNOWLEDGED);
    }

    public long[] failed() {
        return perQos(FAILED);
    }

    public long[] expired() {
        return perQos(EXPIRED);
    }

    public long[] received() {
        return perQos(RECEIVED);
    }

    public long refusedPublishes() {
        return figure(REFUSED);
    }

    public long recoveredPublishes() {
        return figure(RECOVERED);
    }

    public long handledMessages() {
        return figure(HANDLED);
    }

    public long failedHandlers() {
        return figure(HANDLERS_FAILED);
    }

    public long handlerNanos() {
        return figure(HANDLER_NANOS);
    }

    public long unhandledMessages() {
        return figure(UNHANDLED);
    }

    public long droppedMessages() {
        return figure(DROPPED);
    }

    public long rejectedMessages() {
        return figure(REJECTED);
    }

    public Timing acknowledgements() {
        return Timing.copy(acknowledgements);
    }

    public Timing pings() {
        return Timing.copy(pings);
    }
}
