package io.godwit.web.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;

/** The newest values of a topic, or of all topics below a node together. */
public final class SubtreeHistory {
    /**
     * Some values.
     *
     * @param values newest first
     * @param more whether older ones are kept
     * @param kept how many are kept in all
     * @param thinned how many were thinned out in all
     */
    public record Page(List<StoredMessage> values, boolean more, long kept, long thinned) {}

    private SubtreeHistory() {}

    /** The newest values that are older than {@code before}. To be called with the tree's lock held. */
    public static Page newest(TopicNode top, long before, int limit, boolean below) {
        PriorityQueue<StoredMessage> oldestFirst = new PriorityQueue<>(Comparator.comparingLong(StoredMessage::id));
        long kept = 0;
        long thinned = 0;
        boolean more = false;
        Deque<TopicNode> todo = new ArrayDeque<>(List.of(top));
        while (!todo.isEmpty()) {
            TopicNode node = todo.pop();
            ValueHistory history = node.history();
            if (history != null) {
                kept += history.size();
                thinned += history.thinned();
                more |= take(history, before, limit, oldestFirst);
            }
            if (below) {
                todo.addAll(node.children());
            }
        }
        List<StoredMessage> values = new ArrayList<>(oldestFirst);
        values.sort(Comparator.comparingLong(StoredMessage::id).reversed());
        return new Page(values, more, kept, thinned);
    }

    /** Returns whether one was left out. */
    private static boolean take(
            ValueHistory history, long before, int limit, PriorityQueue<StoredMessage> oldestFirst) {
        boolean left = false;
        for (int i = history.indexOf(before) - 1; i >= 0; i--) {
            StoredMessage value = history.get(i);
            StoredMessage oldest = oldestFirst.peek();
            if (oldestFirst.size() < limit) {
                oldestFirst.add(value);
            } else {
                left = true;
                if (oldest == null || value.id() < oldest.id()) {
                    break;
                }
                oldestFirst.poll();
                oldestFirst.add(value);
            }
        }
        return left;
    }
}
