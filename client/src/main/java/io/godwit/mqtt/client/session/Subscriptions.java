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
 */
final class Subscriptions {
    private static final Handler[] NOBODY = {};

    // A client that only publishes has none of these: each is made with its first entry.
    private @Nullable Node root;
    private Map<TopicFilter, Set<Handler>> handlers = Map.of();
    private Map<TopicFilter, TopicSubscription> active = Map.of();
    /** Rises whenever the answer to {@link #match} may change. */
    private int version;

    private static final class Node {
        final Map<String, Node> children = new HashMap<>(4);
        final List<Handler> handlers = new ArrayList<>(1);
    }

    void addHandler(Handler handler) {
        TopicFilter filter = handler.filter();
        handlers = orFirst(handlers);
        if (handlers.computeIfAbsent(filter, f -> new LinkedHashSet<>()).add(handler)) {
            if (root == null) {
                root = new Node();
            }
            Node node = root;
            for (String level : filter.matchText().split("/", -1)) {
                node = node.children.computeIfAbsent(level, l -> new Node());
            }
            node.handlers.add(handler);
            version++;
        }
    }

    private static <V> Map<TopicFilter, V> orFirst(Map<TopicFilter, V> map) {
        return map.isEmpty() ? new LinkedHashMap<>() : map;
    }

    /** Returns whether other handlers of the filter are left. */
    boolean removeHandler(Handler handler) {
        TopicFilter filter = handler.filter();
        Set<Handler> all = handlers.get(filter);
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
        Set<Handler> all = handlers.get(filter);
        if (all != null) {
            for (Handler handler : List.copyOf(all)) {
                removeHandler(handler);
            }
        }
    }

    boolean hasHandlers(TopicFilter filter) {
        return handlers.containsKey(filter);
    }

    /** Whether the filter has a handler that is not one of these. */
    boolean hasOtherHandlers(TopicFilter filter, Collection<? extends Handler> these) {
        Set<Handler> all = handlers.get(filter);
        return all != null && !these.containsAll(all);
    }

    private static boolean remove(Node node, String[] levels, int depth, Handler handler) {
        if (depth == levels.length) {
            node.handlers.remove(handler);
        } else {
            Node child = node.children.get(levels[depth]);
            if (child != null && remove(child, levels, depth + 1, handler)) {
                node.children.remove(levels[depth]);
            }
        }
        return node.children.isEmpty() && node.handlers.isEmpty();
    }

    /** The handlers that want messages of this topic, each once. */
    Handler[] match(String topic) {
        if (root == null) {
            return NOBODY;
        }
        Set<Handler> found = new LinkedHashSet<>();
        match(root, topic.split("/", -1), 0, topic.startsWith("$"), found);
        return found.toArray(NOBODY);
    }

    private static void match(Node node, String[] levels, int depth, boolean dollar, Set<Handler> found) {
        boolean wildcards = depth > 0 || !dollar; // [MQTT-4.7.2-1]
        Node rest = wildcards ? node.children.get("#") : null;
        if (rest != null) {
            found.addAll(rest.handlers);
        }
        if (depth == levels.length) {
            found.addAll(node.handlers);
            return;
        }
        Node exact = node.children.get(levels[depth]);
        if (exact != null) {
            match(exact, levels, depth + 1, dollar, found);
        }
        Node any = wildcards ? node.children.get("+") : null;
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
