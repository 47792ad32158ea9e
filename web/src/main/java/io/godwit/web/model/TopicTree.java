package io.godwit.web.model;

import io.godwit.mqtt.protocol.Message;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The topics of one broker as a tree, with the last message of each, as much history as the budget allows, and sums for each
 * level. Within its share of the budget the present values of all topics come first, then history: if it is full, histories are
 * thinned, and if that is not enough, the topic without messages for the longest time goes. {@link #dropped} says what is gone.
 *
 * <p>{@link #add} takes the lock by itself; who reads several things that belong together holds {@link #lock}.
 */
public final class TopicTree {
    /** After so many levels the rest of a topic is one node, so that a message costs a bounded time. */
    public static final int MOST_LEVELS = 200;

    private static final int PER_TOPIC = 48 + 56;

    // Set once.
    private final ReentrantLock lock = new ReentrantLock();
    private final MemoryBudget budget;
    private final TopicNode root = new TopicNode(0, "", null);

    // Guarded by the lock.
    private final Map<String, TopicNode> topics = new HashMap<>();
    private final NodeTable nodes = new NodeTable();
    private final TopicsByAge byAge = new TopicsByAge();
    private final RecentMessages recent = new RecentMessages();
    private long nextNode = 1;
    private long lastMessage;
    private long used;
    private long thinnable;
    private long kept;
    private long droppedTopics;
    private long droppedValues;
    private long droppedPayloads;
    private long structure;
    private boolean closed;

    public TopicTree(MemoryBudget budget) {
        this.budget = budget;
        budget.join();
        nodes.put(root);
    }

    public ReentrantLock lock() {
        return lock;
    }

    /**
     * Takes a message.
     *
     * @param millis when it arrived, since 1970
     */
    public void add(Message message, long millis) {
        lock.lock();
        try {
            if (!closed) {
                addLocked(message, millis);
            }
        } finally {
            lock.unlock();
        }
    }

    private void addLocked(Message message, long millis) {
        TopicNode node = topics.get(message.topic());
        if (node == null) {
            node = create(message.topic());
        }
        ValueHistory history = node.history();
        StoredMessage before = null;
        if (history == null) {
            history = node.startHistory(millis);
            node.addTopics(1);
        } else {
            before = history.last();
        }
        int length = message.payload().length;
        Message kept = message;
        if (StoredMessage.costOf(message) > budget.share() / 2) {
            kept = new Message(message.topic(), new byte[0], message.qos(), message.retain(), message.properties());
            droppedPayloads++;
        }
        StoredMessage stored = new StoredMessage(++lastMessage, node.id(), millis, kept, length);
        node.received(millis, before == null || isChange(before, stored));
        node.retained(length == 0 ? !message.retain() && node.isRetained() : message.retain() || node.isRetained());
        node.count(millis, length);
        thinnable -= history.thinnable();
        history.add(stored);
        thinnable += history.thinnable();
        this.kept++;
        use(stored.cost());
        byAge.touch(node);
        recent.add(node, stored);
        if (used > budget.share()) {
            free(node);
        }
    }

    private static boolean isChange(StoredMessage before, StoredMessage after) {
        return before.payloadLength() != after.payloadLength()
                || !Arrays.equals(before.message().payload(), after.message().payload());
    }

    private TopicNode create(String topic) {
        TopicNode node = root;
        int start = 0;
        for (int level = 1; ; level++) {
            int slash = level == MOST_LEVELS ? -1 : topic.indexOf('/', start);
            String name = slash < 0 ? topic.substring(start) : topic.substring(start, slash);
            TopicNode child = node.child(name);
            if (child == null) {
                child = new TopicNode(nextNode++, name, node);
                node.addChild(child);
                nodes.put(child);
                use(child.cost());
                structure++;
            }
            node = child;
            if (slash < 0) {
                break;
            }
            start = slash + 1;
        }
        topics.put(topic, node);
        use(PER_TOPIC + 2L * topic.length());
        return node;
    }

    private void use(long more) {
        used += more;
        budget.use(more);
    }

    /** Brings the tree back to its share, and a little below, so that this is not done for each message. */
    private void free(TopicNode current) {
        long goal = budget.share() - budget.share() / 64;
        while (used > goal && thinnable > 0) {
            long fair = thinnable / Math.max(1, topics.size());
            TopicNode node = isAbove(current, fair) ? current : byAge.next();
            if (node != null && isAbove(node, fair)) {
                thin(node);
            }
        }
        while (used > goal) {
            TopicNode oldest = byAge.oldest();
            if (oldest == null || oldest == current) {
                break;
            }
            evict(oldest);
        }
    }

    private static boolean isAbove(TopicNode node, long fair) {
        ValueHistory history = node.history();
        return history != null && history.size() > 1 && history.thinnable() >= fair;
    }

    private void thin(TopicNode node) {
        ValueHistory history = node.history();
        if (history == null) {
            return;
        }
        long before = history.bytes();
        thinnable -= history.thinnable();
        int dropped = history.thin();
        thinnable += history.thinnable();
        droppedValues += dropped;
        kept -= dropped;
        use(history.bytes() - before);
    }

    private void evict(TopicNode node) {
        ValueHistory history = node.history();
        if (history == null) {
            return;
        }
        String topic = node.topic();
        thinnable -= history.thinnable();
        kept -= history.size();
        droppedTopics++;
        use(-history.bytes() - PER_TOPIC - 2L * topic.length());
        topics.remove(topic);
        byAge.remove(node);
        node.endHistory();
        node.addTopics(-1);
        structure++;
        TopicNode empty = node;
        while (empty.parent() != null && empty.childCount() == 0 && empty.history() == null) {
            TopicNode above = empty.parent();
            above.removeChild(empty);
            nodes.remove(empty);
            empty.gone();
            use(-empty.cost());
            empty = above;
        }
    }

    /** Frees what is above its share, when the share has become smaller. */
    public void trim() {
        lock.lock();
        try {
            if (used > budget.share()) {
                free(root);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Forgets everything; identifiers go on. */
    public void clear() {
        lock.lock();
        try {
            nodes.clear(node -> {
                if (!node.isRoot()) {
                    node.gone();
                }
            });
            topics.clear();
            TopicNode next = byAge.oldest();
            while (next != null) {
                byAge.remove(next);
                next = byAge.oldest();
            }
            recent.clear();
            use(-used);
            thinnable = 0;
            kept = 0;
            structure++;
            root.clear();
            nodes.put(root);
        } finally {
            lock.unlock();
        }
    }

    /** Gives its part of the budget back. Takes nothing from then on. */
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                clear();
                closed = true;
                budget.leave(0);
            }
        } finally {
            lock.unlock();
        }
    }

    // ---- to be called with the lock held ----

    /** Above all topics; its identifier is 0. */
    public TopicNode root() {
        return root;
    }

    /** The node, or null if it is not in the tree. */
    public @Nullable TopicNode node(long id) {
        return nodes.get(id);
    }

    /** The node of a topic that has had a message, or null. */
    public @Nullable TopicNode topic(String topic) {
        return topics.get(topic);
    }

    /** Topics that have had a message. */
    public int topicCount() {
        return topics.size();
    }

    /** Values that are kept, with the last ones. */
    public long kept() {
        return kept;
    }

    /** The identifier of the newest message; 0 if there was none. */
    public long lastMessage() {
        return lastMessage;
    }

    /** An estimate of the bytes in use. */
    public long used() {
        return used;
    }

    public Dropped dropped() {
        return new Dropped(droppedTopics, droppedValues, droppedPayloads);
    }

    /** Changes when nodes come or go. */
    public long structure() {
        return structure;
    }

    /** The newest messages after {@code id}, as far as they are at hand: at most so many, oldest first. */
    public List<StoredMessage> recent(long id, @Nullable TopicNode node, boolean below, int most) {
        return recent.after(id, node, below, most);
    }

    /** The value with this identifier, of whatever topic; looks through all of them. */
    public @Nullable StoredMessage value(long id) {
        StoredMessage[] found = {null};
        for (long from = 0; from >= 0 && found[0] == null; ) {
            from = nodes.visit(from, node -> {
                ValueHistory history = node.history();
                StoredMessage value = history == null ? null : history.find(id);
                found[0] = value == null ? found[0] : value;
            });
        }
        return found[0];
    }

    /** Gives a few thousand nodes from this identifier on. Returns where to go on, or -1 at the end. */
    public long visit(long from, Consumer<TopicNode> visitor) {
        return nodes.visit(from, visitor);
    }
}
