package io.godwit.mqtt.client.session;

import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The subscription identifiers in use, MQTT 5 section 3.8.2.1.2: the session's own and those that the application has
 * chosen. An identifier tells which subscription a message was sent for, where its topic alone cannot.
 */
final class SubscriptionIdentifiers {
    /** There is none: an older version, or a broker without identifiers. */
    static final int NONE = 0;

    static final int LARGEST = 268_435_455;

    private Map<Integer, Set<TopicFilter>> filters = Collections.emptyMap();
    private Map<TopicFilter, Integer> granted = Collections.emptyMap();
    /** Those that this session has chosen. */
    private Set<Integer> assigned = Collections.emptySet();

    private int last;

    /** The identifier for a SUBSCRIBE of these filters: the one that they have together already, or a new one. */
    int assign(List<TopicSubscription> subscriptions) {
        Integer known = granted.get(subscriptions.get(0).filter());
        Set<TopicFilter> together = known == null || !assigned.contains(known) ? null : filters.get(known);
        if (known != null
                && together != null
                && together.size() == subscriptions.size()
                && subscriptions.stream().allMatch(each -> together.contains(each.filter()))) {
            return known;
        }
        do {
            last = last % LARGEST + 1;
        } while (filters.containsKey(last));
        assigned = OnDemand.own(assigned);
        assigned.add(last);
        return last;
    }

    /** The application has chosen this one. */
    void claim(int identifier) {
        assigned.remove(identifier);
    }

    /** Whether the session has chosen this one, so that the application does not know of it. */
    boolean isAssigned(int identifier) {
        return assigned.contains(identifier);
    }

    /** SUBSCRIBE is sent: messages may come before SUBACK. */
    void sent(int identifier, TopicFilter filter) {
        if (identifier != NONE) {
            filters = OnDemand.own(filters);
            filters.computeIfAbsent(identifier, i -> new LinkedHashSet<>(2)).add(filter);
        }
    }

    /** The broker has granted the filter, and given up an earlier identifier of it. */
    void granted(int identifier, TopicFilter filter) {
        if (identifier != NONE) {
            granted = OnDemand.own(granted);
        }
        Integer before = identifier == NONE ? granted.remove(filter) : granted.put(filter, identifier);
        if (before != null && before != identifier) {
            forget(before, filter);
        }
    }

    /** The broker has refused the filter. */
    void refused(int identifier, TopicFilter filter) {
        if (!Integer.valueOf(identifier).equals(granted.get(filter))) {
            forget(identifier, filter);
        }
    }

    /** The subscription is gone. */
    void gone(TopicFilter filter) {
        Integer before = granted.remove(filter);
        if (before != null) {
            forget(before, filter);
        }
    }

    private void forget(int identifier, TopicFilter filter) {
        Set<TopicFilter> named = filters.get(identifier);
        if (named != null && named.remove(filter) && named.isEmpty()) {
            filters.remove(identifier);
            assigned.remove(identifier);
        }
    }

    /** The filters that the identifier stands for; null: none of this session's. */
    @Nullable
    Set<TopicFilter> filters(int identifier) {
        return filters.get(identifier);
    }

    /** Whether the broker sends the filter's messages with an identifier. */
    boolean has(TopicFilter filter) {
        return granted.containsKey(filter);
    }
}
