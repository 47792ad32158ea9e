package io.godwit.web.model;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A level of topics: what is known of the topic that ends here, and sums over everything below. Guarded by the tree's lock,
 * but for identifier, name and parent.
 */
public final class TopicNode {
    /** What a node takes on the heap without its texts: itself, its places in maps, its history without values. */
    private static final int OVERHEAD = 250;

    /** The part of a rate that is left after a second without messages. */
    private static final float DECAY = 0.7f;

    // Set once.
    private final long id;
    private final String name;
    private final @Nullable TopicNode parent;

    // Guarded by the tree's lock: of this node and all below.
    private @Nullable Map<String, TopicNode> children;
    private int topics;
    private long count;
    private long bytes;
    private long second;
    private int inSecond;
    private int bytesInSecond;
    private float rate;
    private float byteRate;

    // Guarded by the tree's lock: of the topic that ends here.
    private @Nullable ValueHistory history;
    private long ownCount;
    private long first;
    private long changed;
    private boolean retained;
    private boolean gone;
    private @Nullable TopicNode older;
    private @Nullable TopicNode newer;

    TopicNode(long id, String name, @Nullable TopicNode parent) {
        this.id = id;
        this.name = name;
        this.parent = parent;
    }

    public long id() {
        return id;
    }

    /** The level's name, which may be empty; of the root: empty. */
    public String name() {
        return name;
    }

    /** Null for the root. */
    public @Nullable TopicNode parent() {
        return parent;
    }

    /** In no order. */
    public Collection<TopicNode> children() {
        return children == null ? List.of() : children.values();
    }

    public int childCount() {
        return children == null ? 0 : children.size();
    }

    /** The topics here and below that have had a message. */
    public int topics() {
        return topics;
    }

    /** The messages here and below. */
    public long count() {
        return count;
    }

    /** The payload bytes here and below. */
    public long bytes() {
        return bytes;
    }

    /** Messages per second here and below, smoothed over a few seconds. */
    public float rate(long millis) {
        foldTo(millis / 1_000);
        return rate;
    }

    /** Payload bytes per second here and below, smoothed over a few seconds. */
    public float byteRate(long millis) {
        foldTo(millis / 1_000);
        return byteRate;
    }

    /** Messages of exactly this topic. */
    public long ownCount() {
        return ownCount;
    }

    /** When the first message of this topic came. */
    public long first() {
        return first;
    }

    /** When the payload last changed. */
    public long changed() {
        return changed;
    }

    /** Whether the broker is known to hold a retained message. */
    public boolean isRetained() {
        return retained;
    }

    /** Whether the tree has dropped this node. */
    public boolean isGone() {
        return gone;
    }

    /** The values that are kept; null if there was no message. */
    public @Nullable ValueHistory history() {
        return history;
    }

    /** The last message; null if there was none. */
    public @Nullable StoredMessage last() {
        return history == null ? null : history.last();
    }

    /** The whole topic: names of all levels with slashes in between. */
    public String topic() {
        StoredMessage last = last();
        if (last != null) {
            return last.message().topic();
        }
        StringBuilder text = new StringBuilder();
        for (TopicNode node = this; node.parent != null; node = node.parent) {
            text.insert(0, node.name);
            if (node.parent.parent != null) {
                text.insert(0, '/');
            }
        }
        return text.toString();
    }

    public boolean isBelow(TopicNode ancestor) {
        for (TopicNode node = parent; node != null; node = node.parent) {
            if (node == ancestor) {
                return true;
            }
        }
        return false;
    }

    /** Whether it is the root. */
    public boolean isRoot() {
        return parent == null;
    }

    // ---- changes ----

    @Nullable
    TopicNode child(String level) {
        return children == null ? null : children.get(level);
    }

    void addChild(TopicNode child) {
        Map<String, TopicNode> map = children;
        if (map == null) {
            map = new HashMap<>(4);
            children = map;
        }
        map.put(child.name, child);
    }

    void removeChild(TopicNode child) {
        Map<String, TopicNode> map = children;
        if (map != null) {
            map.remove(child.name);
            if (map.isEmpty()) {
                children = null;
            }
        }
    }

    /** Counts a message of this topic here and in all nodes above. */
    void count(long millis, int payload) {
        long now = millis / 1_000;
        for (TopicNode node = this; node != null; node = node.parent) {
            node.foldTo(now);
            node.count++;
            node.bytes += payload;
            node.inSecond++;
            node.bytesInSecond += payload;
        }
    }

    void addTopics(int more) {
        for (TopicNode node = this; node != null; node = node.parent) {
            node.topics += more;
        }
    }

    private void foldTo(long now) {
        long passed = now - second;
        if (passed <= 0) {
            return;
        }
        rate = DECAY * rate + (1 - DECAY) * inSecond;
        byteRate = DECAY * byteRate + (1 - DECAY) * bytesInSecond;
        inSecond = 0;
        bytesInSecond = 0;
        if (passed > 60) {
            rate = 0;
            byteRate = 0;
        } else if (passed > 1) {
            float left = (float) Math.pow(DECAY, passed - 1);
            rate *= left;
            byteRate *= left;
        }
        second = now;
    }

    ValueHistory startHistory(long millis) {
        ValueHistory made = new ValueHistory();
        history = made;
        first = millis;
        return made;
    }

    void endHistory() {
        history = null;
        retained = false;
    }

    void received(long millis, boolean isChange) {
        ownCount++;
        if (isChange) {
            changed = millis;
        }
    }

    void retained(boolean isRetained) {
        retained = isRetained;
    }

    /** As if nothing had come yet. */
    void clear() {
        children = null;
        history = null;
        retained = false;
        topics = 0;
        count = 0;
        bytes = 0;
        ownCount = 0;
        inSecond = 0;
        bytesInSecond = 0;
        rate = 0;
        byteRate = 0;
    }

    void gone() {
        gone = true;
    }

    /** An estimate of its bytes on the heap, without values. */
    int cost() {
        return OVERHEAD + 2 * name.length();
    }

    // ---- the list of topics by the time of their last message ----

    @Nullable
    TopicNode older() {
        return older;
    }

    @Nullable
    TopicNode newer() {
        return newer;
    }

    void older(@Nullable TopicNode node) {
        older = node;
    }

    void newer(@Nullable TopicNode node) {
        newer = node;
    }
}
