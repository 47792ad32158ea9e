package io.godwit.mqtt.client.session;

import org.jspecify.annotations.Nullable;

/** Publishes that wait to be sent, first in, first out, chained through themselves. */
final class SendQueue {
    private @Nullable PublishExchange<?> head;
    private @Nullable PublishExchange<?> tail;
    private int count;
    private long bytes;
    /** Nothing expires before this. */
    private long earliestExpiry = Long.MAX_VALUE;

    void add(PublishExchange<?> exchange) {
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
        }
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
        PublishExchange<?> kept = head;
        PublishExchange<?> expired = null;
        PublishExchange<?> lastExpired = null;
        head = null;
        tail = null;
        count = 0;
        bytes = 0;
        earliestExpiry = Long.MAX_VALUE;
        while (kept != null) {
            PublishExchange<?> rest = next(kept);
            if (kept.expiresAt - now <= 0) {
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
