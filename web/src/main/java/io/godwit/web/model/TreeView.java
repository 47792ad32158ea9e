package io.godwit.web.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one viewer shows of a tree: which rows are open, how they are sorted and filtered, and the rows of a window. For one thread
 * at a time; takes the tree's lock itself, for a bounded time each.
 */
public final class TreeView {
    private static final int MOST_OPENED = 200_000;
    private static final int SORTED_SELDOM = 5_000;
    private static final long SORT_AGAIN_MILLIS = 1_000;
    private static final long FILTER_AGAIN_MILLIS = 1_000;
    private static final TopicNode[] NONE = {};

    /** One row: a node, how far it is indented, and what is known of it at the time. */
    public record Row(
            TopicNode node,
            int depth,
            boolean open,
            boolean match,
            int children,
            Sums sums,
            @Nullable Own own) {}

    /** Of a node and all below it. */
    public record Sums(int topics, long count, long bytes, float rate, float byteRate) {}

    /** Of the topic itself. */
    public record Own(StoredMessage last, boolean retained) {}

    /** The rows of a window, and how many there are in all. */
    public record Rows(int total, int first, List<Row> rows) {}

    /** Sorted children, as they were at a time. */
    private record Sorted(TopicNode[] nodes, long structure, long millis, boolean withOpen) {}

    /** What a filter found. */
    private record Found(Set<TopicNode> matches, Map<TopicNode, List<TopicNode>> children) {}

    // Set once.
    private final TopicTree tree;

    // Viewer's thread only.
    private final Set<TopicNode> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<TopicNode> closedInFilter = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<TopicNode, Sorted> sorted = new IdentityHashMap<>();
    private RowOrder order = RowOrder.NAME;
    private boolean descending;
    private RowFilter filter = RowFilter.NONE;
    private @Nullable Found found;
    private long filteredAt;
    private int index;
    private int from;
    private int to;
    private List<Row> rows = new ArrayList<>();

    public TreeView(TopicTree tree) {
        this.tree = tree;
    }

    public TopicTree tree() {
        return tree;
    }

    public void sort(RowOrder newOrder, boolean isDescending) {
        if (order != newOrder || descending != isDescending) {
            order = newOrder;
            descending = isDescending;
            sorted.clear();
        }
    }

    public void filter(RowFilter newFilter) {
        if (!filter.equals(newFilter)) {
            filter = newFilter;
            found = null;
            closedInFilter.clear();
            sorted.clear();
        }
    }

    /** Topics that match the filter; -1 without one. */
    public int matches() {
        Found result = found;
        return result == null ? -1 : result.matches.size();
    }

    public boolean isOpen(TopicNode node) {
        return found == null ? open.contains(node) : !closedInFilter.contains(node);
    }

    /** Opens a row; with {@code below} those below it too, up to a bound. */
    public void open(TopicNode node, boolean below) {
        change(node, below, true);
    }

    /** Closes a row; with {@code below} those below it too. */
    public void close(TopicNode node, boolean below) {
        change(node, below, false);
    }

    private void change(TopicNode top, boolean below, boolean opened) {
        tree.lock().lock();
        try {
            List<TopicNode> todo = new ArrayList<>(List.of(top));
            int done = 0;
            while (!todo.isEmpty() && done < MOST_OPENED) {
                TopicNode node = todo.remove(todo.size() - 1);
                set(node, opened);
                done++;
                if (below) {
                    for (TopicNode child : node.children()) {
                        if (child.childCount() > 0) {
                            todo.add(child);
                        }
                    }
                }
            }
        } finally {
            tree.lock().unlock();
        }
    }

    private void set(TopicNode node, boolean opened) {
        if (found != null) {
            if (opened) {
                closedInFilter.remove(node);
            } else {
                closedInFilter.add(node);
            }
        }
        if (opened && !node.isRoot()) {
            open.add(node);
        } else {
            open.remove(node);
            sorted.remove(node);
        }
    }

    /** Closes everything. */
    public void closeAll() {
        open.clear();
        if (found != null) {
            closedInFilter.addAll(found.children.keySet());
        }
    }

    /** Opens what is above the node. Returns its row, or -1 if the filter hides it. */
    public int reveal(TopicNode node, long millis) {
        tree.lock().lock();
        try {
            for (TopicNode above = node.parent(); above != null && !above.isRoot(); above = above.parent()) {
                set(above, true);
            }
            walk(0, Integer.MAX_VALUE, millis);
            for (int row = 0; row < rows.size(); row++) {
                if (rows.get(row).node == node) {
                    return row;
                }
            }
            return -1;
        } finally {
            tree.lock().unlock();
        }
    }

    /** The rows {@code first} to {@code first + count - 1}, as far as there are any. Applies the filter again if its result is old. */
    public Rows rows(int first, int count, long millis) {
        if (!filter.isEmpty() && (found == null || millis - filteredAt >= FILTER_AGAIN_MILLIS)) {
            found = search(millis);
            filteredAt = millis;
            sorted.clear();
        } else if (filter.isEmpty()) {
            found = null;
        }
        tree.lock().lock();
        try {
            Rows window = walk(first, count, millis);
            if (window.rows.isEmpty() && window.total > 0 && count > 0) {
                return walk(Math.max(0, window.total - count), count, millis); // the rows have become fewer
            }
            return window;
        } finally {
            tree.lock().unlock();
        }
    }

    private Rows walk(int first, int count, long millis) {
        if (open.size() > 1_000) {
            open.removeIf(TopicNode::isGone);
        }
        index = 0;
        from = first;
        to = (int) Math.min(Integer.MAX_VALUE, (long) first + count);
        rows = new ArrayList<>();
        walk(tree.root(), 0, millis);
        return new Rows(index, first, rows);
    }

    /** Recurses by level, of which there are at most {@link TopicTree#MOST_LEVELS}. */
    private void walk(TopicNode node, int depth, long millis) {
        Sorted children = children(node, millis);
        if (!children.withOpen && (index >= to || index + children.nodes.length <= from)) {
            index += children.nodes.length;
            return;
        }
        for (TopicNode child : children.nodes) {
            int below = shownChildren(child);
            boolean isOpen = below > 0 && isOpen(child);
            if (index >= from && index < to) {
                boolean isMatch = found != null && found.matches.contains(child);
                rows.add(new Row(child, depth, isOpen, isMatch, below, sums(child, millis), own(child)));
            }
            index++;
            if (isOpen) {
                walk(child, depth + 1, millis);
            }
        }
    }

    /** To be called with the tree's lock held. */
    public static Sums sums(TopicNode node, long millis) {
        return new Sums(node.topics(), node.count(), node.bytes(), node.rate(millis), node.byteRate(millis));
    }

    private static @Nullable Own own(TopicNode node) {
        StoredMessage last = node.last();
        return last == null ? null : new Own(last, node.isRetained());
    }

    private int shownChildren(TopicNode node) {
        if (found == null) {
            return node.childCount();
        }
        List<TopicNode> shown = found.children.get(node);
        return shown == null ? 0 : shown.size();
    }

    private Sorted children(TopicNode node, long millis) {
        Sorted known = sorted.get(node);
        boolean isYoung = known != null && millis - known.millis < SORT_AGAIN_MILLIS;
        boolean isComplete = known != null
                && (found != null
                        || known.structure == tree.structure()
                        || isYoung && known.nodes.length > SORTED_SELDOM);
        boolean isCurrent = isComplete && (isYoung || !order.changes());
        TopicNode[] nodes;
        if (known != null && isCurrent) {
            nodes = known.nodes;
        } else {
            nodes = found == null
                    ? node.children().toArray(NONE)
                    : found.children.getOrDefault(node, List.of()).toArray(NONE);
            Arrays.sort(nodes, order.comparator(millis, descending));
        }
        boolean withOpen = found != null || hasOpen(nodes);
        Sorted result = new Sorted(
                nodes,
                isCurrent && known != null ? known.structure : tree.structure(),
                isCurrent && known != null ? known.millis : millis,
                withOpen);
        sorted.put(node, result);
        return result;
    }

    private boolean hasOpen(TopicNode[] nodes) {
        if (nodes.length > open.size()) {
            TopicNode parent = nodes[0].parent();
            return open.stream().anyMatch(each -> each.parent() == parent);
        }
        for (TopicNode node : nodes) {
            if (open.contains(node)) {
                return true;
            }
        }
        return false;
    }

    /** Goes over all topics, a few thousand at a time, so that messages can be taken in between. */
    private Found search(long millis) {
        RowFilter.Matcher matcher = filter.matcher(millis);
        Set<TopicNode> matches = Collections.newSetFromMap(new IdentityHashMap<>());
        Map<TopicNode, List<TopicNode>> children = new IdentityHashMap<>();
        Set<TopicNode> linked = Collections.newSetFromMap(new IdentityHashMap<>());
        long next = 0;
        while (next >= 0) {
            tree.lock().lock();
            try {
                next = tree.visit(next, node -> {
                    if (matcher.matches(node)) {
                        matches.add(node);
                        link(node, children, linked);
                    }
                });
            } finally {
                tree.lock().unlock();
            }
        }
        return new Found(matches, children);
    }

    private static void link(TopicNode match, Map<TopicNode, List<TopicNode>> children, Set<TopicNode> linked) {
        TopicNode node = match;
        for (TopicNode above = node.parent(); above != null && linked.add(node); above = node.parent()) {
            children.computeIfAbsent(above, key -> new ArrayList<>()).add(node);
            node = above;
        }
    }
}
