package io.godwit.mqtt.client.session;

import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who wants which messages: the handlers of each topic filter, in a tree of topic levels, and the subscriptions that the
 * broker has or shall have. A handler may be here before its subscription and without one.
 *
 * @param <H> the handler; only stored and given back
 */
final class Subscriptions<H> {
    private static final Object[] NOBODY = {};

    // A client that only publishes has none of these: each is made with its first entry.
    private @Nullable Node<H> root;
    private Map<TopicFilter, Set<H>> handlers = Map.of();
    private Map<TopicFilter, TopicSubscription> active = Map.of();
    /** Rises whenever the answer to {@link #match} may change. */
    private int version;

    private static final class Node<H> {
        final Map<String, Node<H>> children = new HashMap<>(4);
        final List<H> handlers = new ArrayList<>(1);
    }

    void addHandler(TopicFilter filter, H handler) {
        handlers = orFirst(handlers);
        if (handlers.computeIfAbsent(filter, f -> new LinkedHashSet<>()).add(handler)) {
            if (root == null) {
                root = new Node<>();
            }
            Node<H> node = root;
            for (String level : filter.matchText().split("/", -1)) {
                node = node.children.computeIfAbsent(level, l -> new Node<>());
            }
            node.handlers.add(handler);
            version++;
        }
    }

    private static <V> Map<TopicFilter, V> orFirst(Map<TopicFilter, V> map) {
        return map.isEmpty() ? new LinkedHashMap<>() : map;
    }

    /** Returns whether other handlers of the filter are left. */
    boolean removeHandler(TopicFilter filter, H handler) {
        Set<H> all = handlers.get(filter);
        if (all != null && root != null && all.remove(handler)) {
            remove(root, filter.matchText().split("/", -1), 0, handler);
            version++;
        }
        if (all != null && all.isEmpty()) {
            handlers.remove(filter);
            return false;
        }
        return all != null;
    }

    void removeHandlers(TopicFilter filter) {
        Set<H> all = handlers.get(filter);
        if (all != null) {
            for (H handler : List.copyOf(all)) {
                removeHandler(filter, handler);
            }
        }
    }

    private static <H> boolean remove(Node<H> node, String[] levels, int depth, H handler) {
        if (depth == levels.length) {
            node.handlers.remove(handler);
        } else {
            Node<H> child = node.children.get(levels[depth]);
            if (child != null && remove(child, levels, depth + 1, handler)) {
                node.children.remove(levels[depth]);
            }
        }
        return node.children.isEmpty() && node.handlers.isEmpty();
    }

    /** The handlers that want messages of this topic, each once. */
    Object[] match(String topic) {
        if (root == null) {
            return NOBODY;
        }
        Set<H> found = new LinkedHashSet<>();
        match(root, topic.split("/", -1), 0, topic.startsWith("$"), found);
        return found.toArray();
    }

    private static <H> void match(Node<H> node, String[] levels, int depth, boolean dollar, Set<H> found) {
        boolean wildcards = depth > 0 || !dollar; // [MQTT-4.7.2-1]
        Node<H> rest = wildcards ? node.children.get("#") : null;
        if (rest != null) {
            found.addAll(rest.handlers);
        }
        if (depth == levels.length) {
            found.addAll(node.handlers);
            return;
        }
        Node<H> exact = node.children.get(levels[depth]);
        if (exact != null) {
            match(exact, levels, depth + 1, dollar, found);
        }
        Node<H> any = wildcards ? node.children.get("+") : null;
        if (any != null) {
            match(any, levels, depth + 1, dollar, found);
        }
    }

    int version() {
        return version;
    }

    /** Notes a subscription that shall be there, now and after each reconnect. */
    void activate(TopicSubscription subscription) {
        active = orFirst(active);
        active.put(subscription.filter(), subscription);
    }

    void deactivate(TopicFilter filter) {
        if (!active.isEmpty()) {
            active.remove(filter);
        }
    }

    @Nullable
    TopicSubscription active(TopicFilter filter) {
        return active.get(filter);
    }

    Collection<TopicSubscription> active() {
        return active.values();
    }
}
