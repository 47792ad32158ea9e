package io.godwit.mqtt.client.session;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Publishes that wait to be sent, first in, first out, chained through themselves. */
final class SendQueue {
    /** More that were removed are unlinked as soon as they are the majority. */
    private static final int MOST_REMOVED = 64;

    /** In place of a queue of its own an idle client has this one, to which nothing is added. */
    static final SendQueue NONE = new SendQueue();

    private @Nullable PublishExchange<?> head;
    private @Nullable PublishExchange<?> tail;
    private int count;
    private long bytes;
    /** How many are still linked that were removed; never at the head. */
    private int removed;
    /** Nothing expires before this. */
    private long earliestExpiry = Long.MAX_VALUE;

    /** This queue, or a new one in place of {@link #NONE}. */
    SendQueue own() {
        return this == NONE ? new SendQueue() : this;
    }

    void add(PublishExchange<?> exchange) {
        if (this == NONE) {
            throw new IllegalStateException("nothing is added to the queue that idle clients share");
        }
        exchange.state = Exchange.QUEUED;
        exchange.next = null;
        if (tail == null) {
            head = exchange;
        } else {
            tail.next = exchange;
        }
        tail = exchange;
        count++;
        bytes += exchange.weight();
        earliestExpiry = Math.min(earliestExpiry, exchange.expiresAt);
    }

    @Nullable
    PublishExchange<?> peek() {
        return head;
    }

    /** Those that wait here and belong to this batch. */
    List<BatchedPublish> of(BatchExchange<?> batch) {
        List<BatchedPublish> all = new ArrayList<>();
        for (PublishExchange<?> each = head; each != null; each = next(each)) {
            if (each instanceof BatchedPublish part && part.batch() == batch && !isRemoved(each)) {
                all.add(part);
            }
        }
        return all;
    }

    @Nullable
    PublishExchange<?> poll() {
        PublishExchange<?> first = head;
        if (first != null) {
            head = next(first);
            if (head == null) {
                tail = null;
            }
            first.next = null;
            count--;
            bytes -= first.weight();
            unlinkRemovedHead();
        }
        return first;
    }

    /** Takes one out that waits here, wherever it is. It has ended with this outcome. */
    void remove(PublishExchange<?> exchange, Outcome outcome) {
        exchange.ended(outcome);
        count--;
        bytes -= exchange.weight();
        removed++;
        unlinkRemovedHead();
        if (removed > MOST_REMOVED && removed > count) {
            unlinkRemoved();
        }
    }

    private void unlinkRemovedHead() {
        for (PublishExchange<?> first = head; first != null && isRemoved(first); first = head) {
            head = next(first);
            first.next = null;
            removed--;
        }
        if (head == null) {
            tail = null;
        }
    }

    private static boolean isRemoved(PublishExchange<?> exchange) {
        return exchange.state >= Exchange.ENDED;
    }

    private void unlinkRemoved() {
        PublishExchange<?> rest = takeAll();
        while (rest != null) {
            PublishExchange<?> kept = rest;
            rest = next(kept);
            kept.next = null;
            if (!isRemoved(kept)) {
                add(kept);
            }
        }
    }

    private @Nullable PublishExchange<?> takeAll() {
        PublishExchange<?> first = head;
        head = null;
        tail = null;
        count = 0;
        bytes = 0;
        removed = 0;
        earliestExpiry = Long.MAX_VALUE;
        return first;
    }

    /** Lets all of them go; they are known elsewhere. */
    void clear() {
        while (poll() != null) {
            continue;
        }
    }

    int count() {
        return count;
    }

    /** Payloads and topics of all that waits. */
    long bytes() {
        return bytes;
    }

    boolean isEmpty() {
        return head == null;
    }

    /** Takes out all that expire at or before {@code now}; they come back as a chain in their order. */
    @Nullable
    PublishExchange<?> pollExpired(long now) {
        PublishExchange<?> kept = takeAll();
        PublishExchange<?> expired = null;
        PublishExchange<?> lastExpired = null;
        while (kept != null) {
            PublishExchange<?> rest = next(kept);
            if (isRemoved(kept)) {
                kept.next = null;
            } else if (kept.expiresAt - now <= 0) {
                kept.next = null;
                if (lastExpired == null) {
                    expired = kept;
                } else {
                    lastExpired.next = kept;
                }
                lastExpired = kept;
            } else {
                add(kept);
            }
            kept = rest;
        }
        return expired;
    }

    /** A time before which none of them expires; {@link Long#MAX_VALUE}: none does. */
    long earliestExpiry() {
        return head == null ? Long.MAX_VALUE : earliestExpiry;
    }

    /** Only publishes are ever linked here. */
    static @Nullable PublishExchange<?> next(PublishExchange<?> publish) {
        return (PublishExchange<?>) publish.next;
    }
}
