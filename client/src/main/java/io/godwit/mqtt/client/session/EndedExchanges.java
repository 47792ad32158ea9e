package io.godwit.mqtt.client.session;

import org.jspecify.annotations.Nullable;

/**
 * The exchanges that have ended, in the order in which that happened, until they are taken to complete their futures.
 * Those for which only a blocked thread waits are kept apart, since any thread may complete them at once.
 */
public final class EndedExchanges {
    private @Nullable Exchange<?> first;
    private @Nullable Exchange<?> last;
    private @Nullable Exchange<?> waited;
    private int size;
    private long total;
    private boolean hasDependents;
    private boolean fresh;

    private final Counters counters;

    EndedExchanges(Counters counters) {
        this.counters = counters;
    }

    void add(Exchange<?> exchange, Outcome outcome) {
        exchange.ended(outcome);
        if (exchange instanceof PublishExchange<?> publish) {
            counters.ended(publish, outcome);
            if (publish instanceof BatchedPublish part) {
                add(part, outcome);
                return;
            }
        }
        link(exchange);
    }

    /** A publish of a batch has ended: unless somebody wants to hear of it, that is due with the last of the batch only. */
    private void add(BatchedPublish part, Outcome outcome) {
        fresh = true;
        if (part.batch().notes(outcome)) {
            link(part);
        }
        count(part, outcome);
    }

    private void count(BatchedPublish part, Outcome outcome) {
        BatchExchange<?> batch = part.batch();
        if (batch.notes(outcome)) {
            batch.note(part);
        }
        count(batch);
    }

    /** One more publish of a batch has ended. With the last of them the batch has. */
    void count(BatchExchange<?> batch) {
        if (batch.countEnded()) {
            batch.ended(Outcome.SUCCESS);
            if (batch.mayHaveDependents()) {
                link(batch);
            } else {
                linkWaited(batch);
            }
        }
    }

    /** A publish of a batch was not accepted. */
    void refuse(BatchedPublish part, Failure failure) {
        part.refused(failure);
        count(part, failure);
    }

    /**
     * The application has taken back a publish of a batch, which is the caller's to finish. With the last of them the batch has
     * ended: cancelled if they were all, and then the caller's to finish too.
     */
    void withdraw(BatchedPublish part, Failure cancelled) {
        BatchExchange<?> batch = part.batch();
        batch.countWithdrawn();
        if (batch.isWithdrawn()) {
            batch.ended(cancelled);
        } else {
            count(part, cancelled);
        }
    }

    private void linkWaited(Exchange<?> exchange) {
        fresh = true;
        exchange.next = waited;
        waited = exchange;
    }

    private void link(Exchange<?> exchange) {
        fresh = true;
        if (exchange.isWaited()) {
            linkWaited(exchange);
            return;
        }
        exchange.next = null;
        Exchange<?> before = last;
        if (before == null) {
            first = exchange;
        } else {
            before.next = exchange;
        }
        last = exchange;
        size++;
        total++;
        hasDependents |= exchange.getNumberOfDependents() > 0;
    }

    /** A connection was accepted at this point. */
    public void add(ConnectExchange<?> connected) {
        add(connected, Outcome.SUCCESS);
        hasDependents = true;
    }

    /** Whether any have ended since the last call. */
    public boolean takeFresh() {
        boolean was = fresh;
        fresh = false;
        return was;
    }

    /** Those for which only a blocked thread waits, as a chain. */
    public @Nullable Exchange<?> takeWaited() {
        Exchange<?> chain = waited;
        waited = null;
        return chain;
    }

    /** The others, as a chain, oldest first. */
    public @Nullable Exchange<?> take() {
        Exchange<?> chain = first;
        first = null;
        last = null;
        size = 0;
        hasDependents = false;
        return chain;
    }

    public boolean isEmpty() {
        return first == null;
    }

    /** How many {@link #take} would give. */
    public int size() {
        return size;
    }

    /** How many have ended so far, without those for which only a blocked thread waits. */
    public long total() {
        return total;
    }

    /** Whether the application has made something depend on one that waits here. */
    public boolean hasDependents() {
        return hasDependents;
    }
}
