package io.godwit.web.model;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Nodes by identifier, in pages that go when their last node does. Guarded by the tree's lock. */
final class NodeTable {
    private static final int PAGE = 4_096;

    private static final class Page {
        private final @Nullable TopicNode[] nodes = new TopicNode[PAGE];
        private int used;
    }

    private final TreeMap<Long, Page> pages = new TreeMap<>();

    void put(TopicNode node) {
        Page page = pages.computeIfAbsent(node.id() / PAGE, number -> new Page());
        page.nodes[(int) (node.id() % PAGE)] = node;
        page.used++;
    }

    void remove(TopicNode node) {
        Page page = pages.get(node.id() / PAGE);
        int place = (int) (node.id() % PAGE);
        if (page != null && page.nodes[place] == node) {
            page.nodes[place] = null;
            page.used--;
            if (page.used == 0) {
                pages.remove(node.id() / PAGE);
            }
        }
    }

    @Nullable
    TopicNode get(long id) {
        Page page = id < 0 ? null : pages.get(id / PAGE);
        return page == null ? null : page.nodes[(int) (id % PAGE)];
    }

    /** Removes all nodes and gives each. */
    void clear(Consumer<TopicNode> removed) {
        for (long from = 0; from >= 0; ) {
            from = visit(from, removed);
        }
        pages.clear();
    }

    /** Gives the nodes of one page that starts at or above the identifier. Returns where to go on, or -1 at the end. */
    long visit(long from, Consumer<TopicNode> visitor) {
        Map.Entry<Long, Page> entry = pages.ceilingEntry(from / PAGE);
        if (entry == null) {
            return -1;
        }
        for (TopicNode node : entry.getValue().nodes) {
            if (node != null) {
                visitor.accept(node);
            }
        }
        return (entry.getKey() + 1) * PAGE;
    }
}
