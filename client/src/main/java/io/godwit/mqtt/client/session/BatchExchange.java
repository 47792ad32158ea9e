package io.godwit.mqtt.client.session;

import java.util.ArrayList;
import java.util.List;

/**
 * Publishes with one result, which is due when the last of them has ended. Those that simply succeed are only counted, so that a
 * batch is one of the {@link EndedExchanges} however many messages it has.
 */
public abstract non-sealed class BatchExchange<T> extends Exchange<T> {
    // Set once.
    private final int size;
    private final boolean observed;

    // Guarded by the session's lock until the batch has ended; then nobody changes it.
    private int offered;
    private boolean published;
    private int ended;
    private int withdrawn;
    /** Those that have ended in a way that matters to somebody, in that order. */
    private final List<PublishExchange<?>> noted = new ArrayList<>(0);

    /**
     * @param observed whether the end of each publish matters, not only of those that fail
     * @param waited whether nothing but a blocked thread depends on this
     */
    protected BatchExchange(int size, boolean observed, boolean waited) {
        super(waited);
        this.size = size;
        this.observed = observed;
    }

    /** Publishes of this batch. */
    public final int size() {
        return size;
    }

    /** How many of the publishes, the first ones, were accepted or refused. Read by the thread that offers them. */
    public final int offered() {
        return offered;
    }

    /** Once the batch has ended: the publishes that did not simply succeed; of an observed batch all of them. */
    public final List<PublishExchange<?>> noted() {
        return noted;
    }

    final void offeredNext() {
        offered++;
    }

    /** All of it is offered: from now on the application has the future. */
    public final void published() {
        published = true;
    }

    /** Whether code of the application may depend on the future. */
    final boolean mayHaveDependents() {
        return published && !isWaited();
    }

    /** Whether the end of one of its publishes matters by itself. */
    final boolean notes(Outcome outcome) {
        return observed || outcome != Outcome.SUCCESS;
    }

    final void note(PublishExchange<?> publish) {
        noted.add(publish);
    }

    /** One of its publishes has ended. Returns whether it was the last. */
    final boolean countEnded() {
        return ++ended == size;
    }

    final void countWithdrawn() {
        withdrawn++;
    }

    /** Whether the application has taken back all of them. */
    final boolean isWithdrawn() {
        return withdrawn == size;
    }
}
