package io.godwit.mqtt.broker;

import io.godwit.mqtt.protocol.TopicFilter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The last retained message of each topic, section 3.3.1.3, in the order of the topic names. */
final class RetainedMessages {
    private final TreeMap<String, QueuedMessage> byTopic = new TreeMap<>();

    /** Keeps the message, or forgets the topic when the payload is empty [MQTT-3.3.1-6]. */
    void keep(QueuedMessage retained) {
        String topic = retained.message().topic();
        if (retained.message().payload().length == 0) {
            byTopic.remove(topic);
        } else {
            byTopic.put(topic, retained);
        }
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
            byTopic.remove(topic);
            return null;
        }
        return message;
    }

    RetainedMessages copy() {
        RetainedMessages copy = new RetainedMessages();
        copy.byTopic.putAll(byTopic);
        return copy;
    }
}
