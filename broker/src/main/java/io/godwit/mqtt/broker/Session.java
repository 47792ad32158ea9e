package io.godwit.mqtt.broker;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.TopicFilter;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the broker knows about a client beyond one connection, section 4.1: subscriptions, messages on their way to it,
 * identifiers of QoS 2 messages from it, the will, and when all that ends. {@link Sessions} decides about its life.
 */
final class Session {
    /** A session expiry interval, or moment, that never comes. */
    static final long FOR_EVER = 0xFFFF_FFFFL;

    private final String clientId;
    private final Map<String, Subscription> subscriptions = new LinkedHashMap<>();

    /** QoS 2 messages from the client that have been taken and not been released. */
    final Set<Integer> received = new LinkedHashSet<>();

    final OutboundQueue outbound;

    private final MemoryBudget memory;

    /** Seconds that the session outlives its connection. */
    long expirySeconds;

    private @Nullable Message will;

    long willDelaySeconds;

    /** While no client is connected: when it ends and when its will is due, in the broker's nanoseconds. */
    long endsAt = QueuedMessage.NEVER;

    long willAt = QueuedMessage.NEVER;
    Timers.@Nullable Timer endTimer;
    Timers.@Nullable Timer willTimer;

    private @Nullable BrokerLink link;

    Session(String clientId, MemoryBudget memory) {
        this(clientId, memory, new OutboundQueue(memory));
    }

    private Session(String clientId, MemoryBudget memory, OutboundQueue outbound) {
        this.clientId = clientId;
        this.memory = memory;
        this.outbound = outbound;
    }

    @Nullable
    Message will() {
        return will;
    }

    void will(@Nullable Message newWill) {
        memory.add(MemoryBudget.size(newWill) - MemoryBudget.size(will));
        will = newWill;
    }

    /** The session has ended: what it keeps no longer counts. */
    void release() {
        will(null);
        outbound.release();
        subscriptions.values().forEach(one -> memory.remove(MemoryBudget.size(one.filter())));
        subscriptions.clear();
    }

    String clientId() {
        return clientId;
    }

    /** The connection of the client, or null. */
    @Nullable
    BrokerLink link() {
        return link;
    }

    void link(@Nullable BrokerLink newLink) {
        link = newLink;
    }

    Collection<Subscription> subscriptions() {
        return subscriptions.values();
    }

    boolean hasSubscription(TopicFilter filter) {
        return subscriptions.containsKey(filter.text());
    }

    /** Adds a subscription; true when the filter was not subscribed to before. */
    boolean subscribe(Subscription subscription) {
        boolean isNew = subscriptions.put(subscription.filter().text(), subscription) == null;
        if (isNew) {
            memory.add(MemoryBudget.size(subscription.filter()));
        }
        return isNew;
    }

    /** Removes a subscription; false when there was none. */
    boolean unsubscribe(String filter) {
        Subscription removed = subscriptions.remove(filter);
        if (removed != null) {
            memory.remove(MemoryBudget.size(removed.filter()));
        }
        return removed != null;
    }

    void cancelTimers() {
        if (endTimer != null) {
            endTimer.cancel();
            endTimer = null;
        }
        if (willTimer != null) {
            willTimer.cancel();
            willTimer = null;
        }
        endsAt = QueuedMessage.NEVER;
        willAt = QueuedMessage.NEVER;
    }

    /** The same session without its connection and timers. */
    Session copy(MemoryBudget budget) {
        Session copy = new Session(clientId, budget, outbound.copy(budget));
        subscriptions.values().forEach(copy::subscribe);
        copy.received.addAll(received);
        copy.expirySeconds = expirySeconds;
        copy.will(will);
        copy.willDelaySeconds = willDelaySeconds;
        copy.endsAt = endsAt;
        copy.willAt = willAt;
        return copy;
    }
}
