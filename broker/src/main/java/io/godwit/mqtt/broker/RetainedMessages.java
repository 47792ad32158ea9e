package io.godwit.mqtt.broker;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.TopicFilter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The last retained message of each topic, section 3.3.1.3, in the order of the topic names. */
final class RetainedMessages {
    private final TreeMap<String, QueuedMessage> byTopic = new TreeMap<>();
    private final MemoryBudget memory;

    RetainedMessages(MemoryBudget memory) {
        this.memory = memory;
    }

    int size() {
        return byTopic.size();
    }

    /** Whether the limits allow to keep the message. */
    boolean accepts(Message message, BrokerLimits limits) {
        QueuedMessage before = byTopic.get(message.topic());
        long released = before == null ? 0 : MemoryBudget.size(before.message());
        return message.payload().length == 0
                || (before != null || byTopic.size() < limits.retained())
                        && memory.fits(MemoryBudget.size(message) - released, limits);
    }

    /**
     * Keeps the message, or removes that of the topic if the payload is empty [MQTT-3.3.1-6]. Returns false if a limit
     * doesn't allow it; then the topic keeps what it has.
     */
    boolean keep(QueuedMessage retained, BrokerLimits limits) {
        if (!accepts(retained.message(), limits)) {
            return false;
        }
        String topic = retained.message().topic();
        remove(topic);
        if (retained.message().payload().length > 0) {
            byTopic.put(topic, retained);
            memory.add(MemoryBudget.size(retained.message()));
        }
        return true;
    }

    private void remove(String topic) {
        QueuedMessage removed = byTopic.remove(topic);
        if (removed != null) {
            memory.remove(MemoryBudget.size(removed.message()));
        }
    }

    /** Removes all messages. */
    void release() {
        byTopic.values().forEach(message -> memory.remove(MemoryBudget.size(message.message())));
        byTopic.clear();
    }

    /** The messages that the filter asks for; those that have expired are forgotten. */
    List<QueuedMessage> matching(TopicFilter filter, long now) {
        List<QueuedMessage> found = new ArrayList<>();
        if (!filter.hasWildcard()) {
            QueuedMessage one = get(filter.matchText(), now);
            if (one != null) {
                found.add(one);
            }
            return found;
        }
        for (Iterator<QueuedMessage> all = byTopic.values().iterator(); all.hasNext(); ) {
            QueuedMessage message = all.next();
            if (message.expired(now)) {
                all.remove();
                memory.remove(MemoryBudget.size(message.message()));
            } else if (filter.matches(message.message().topic())) {
                found.add(message);
            }
        }
        return found;
    }

    @Nullable
    QueuedMessage get(String topic, long now) {
        QueuedMessage message = byTopic.get(topic);
        if (message != null && message.expired(now)) {
            remove(topic);
            return null;
        }
        return message;
    }

    RetainedMessages copy(MemoryBudget budget) {
        RetainedMessages copy = new RetainedMessages(budget);
        copy.byTopic.putAll(byTopic);
        byTopic.values().forEach(message -> budget.add(MemoryBudget.size(message.message())));
        return copy;
    }
}
