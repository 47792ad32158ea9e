package io.godwit.mqtt.broker;

import io.godwit.mqtt.protocol.TopicFilter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who has subscribed to what, as a tree over the levels of the topic filters, so that a message meets only those that
 * match. Members of a shared subscription (section 4.8.2) form a group; each message goes to one of them.
 */
final class SubscriptionIndex {
    /** One session's interest in one filter. */
    record Entry(Session session, Subscription subscription) {}

    /** The sessions that share a subscription; they take turns. */
    static final class Group {
        private final List<Entry> members = new ArrayList<>();
        private int turn;

        /** The next member whose client is connected; if there is none, the next one with a session. */
        Entry next() {
            for (int i = 0; i < members.size(); i++) {
                Entry member = members.get((turn + i) % members.size());
                if (member.session.link() != null) {
                    turn = (turn + i + 1) % members.size();
                    return member;
                }
            }
            turn = (turn + 1) % members.size();
            return members.get(turn);
        }
    }

    private static final class Node {
        final Map<String, Node> children = new LinkedHashMap<>();
        final Map<String, Entry> plain = new LinkedHashMap<>();
        final Map<String, Group> shared = new LinkedHashMap<>();

        boolean isEmpty() {
            return children.isEmpty() && plain.isEmpty() && shared.isEmpty();
        }
    }

    private final Node root = new Node();

    /** Adds the subscription, in place of one of the same session and filter. */
    void add(Session session, Subscription subscription) {
        TopicFilter filter = subscription.filter();
        Node node = root;
        for (String level : levels(filter.matchText())) {
            node = node.children.computeIfAbsent(level, key -> new Node());
        }
        Entry entry = new Entry(session, subscription);
        String share = filter.shareName();
        if (share == null) {
            node.plain.put(session.clientId(), entry);
            return;
        }
        List<Entry> members = node.shared.computeIfAbsent(share, key -> new Group()).members;
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).session == session) {
                members.set(i, entry);
                return;
            }
        }
        members.add(entry);
    }

    void remove(Session session, TopicFilter filter) {
        remove(root, levels(filter.matchText()), 0, session, filter.shareName());
    }

    private static void remove(Node node, String[] levels, int depth, Session session, @Nullable String share) {
        if (depth < levels.length) {
            Node child = node.children.get(levels[depth]);
            if (child != null) {
                remove(child, levels, depth + 1, session, share);
                if (child.isEmpty()) {
                    node.children.remove(levels[depth]);
                }
            }
        } else if (share == null) {
            node.plain.remove(session.clientId());
        } else {
            Group group = node.shared.get(share);
            if (group != null) {
                group.members.removeIf(member -> member.session == session);
                if (group.members.isEmpty()) {
                    node.shared.remove(share);
                }
            }
        }
    }

    /** Gives each plain entry and each group that the topic name matches to its consumer. */
    void match(String topic, Consumer<Entry> plain, Consumer<Group> shared) {
        match(root, levels(topic), 0, topic.startsWith("$"), plain, shared);
    }

    private static void match(
            Node node, String[] levels, int depth, boolean dollar, Consumer<Entry> plain, Consumer<Group> shared) {
        // A wildcard in the first level does not match a name that begins with '$' [MQTT-4.7.2-1].
        boolean wildcards = depth > 0 || !dollar;
        if (wildcards) {
            visit(node.children.get("#"), plain, shared);
        }
        if (depth == levels.length) {
            visit(node, plain, shared);
            return;
        }
        Node exact = node.children.get(levels[depth]);
        if (exact != null) {
            match(exact, levels, depth + 1, dollar, plain, shared);
        }
        Node any = wildcards ? node.children.get("+") : null;
        if (any != null) {
            match(any, levels, depth + 1, dollar, plain, shared);
        }
    }

    private static void visit(@Nullable Node node, Consumer<Entry> plain, Consumer<Group> shared) {
        if (node != null) {
            node.plain.values().forEach(plain);
            node.shared.values().forEach(shared);
        }
    }

    private static String[] levels(String text) {
        return text.split("/", -1);
    }
}
