package io.godwit.web.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The newest messages of all topics, for those who watch them arrive. Guarded by the tree's lock. */
final class RecentMessages {
    private static final int SIZE = 2_048;
    private static final long BYTES = 4 << 20;

    private record Entry(TopicNode node, StoredMessage message) {}

    private final ArrayDeque<Entry> ring = new ArrayDeque<>();
    private long bytes;

    void add(TopicNode node, StoredMessage message) {
        ring.addLast(new Entry(node, message));
        bytes += message.message().payload().length;
        while (ring.size() > SIZE || bytes > BYTES && ring.size() > 1) {
            bytes -= ring.removeFirst().message.message().payload().length;
        }
    }

    /** The newest ones after {@code id}, at most so many, oldest first; of the node, with {@code below} also of those below it. */
    List<StoredMessage> after(long id, @Nullable TopicNode node, boolean below, int most) {
        List<StoredMessage> found = new ArrayList<>();
        var newestFirst = ring.descendingIterator();
        while (newestFirst.hasNext() && found.size() < most) {
            Entry entry = newestFirst.next();
            if (entry.message.id() <= id) {
                break;
            }
            if (node == null || entry.node == node || below && (node.isRoot() || entry.node.isBelow(node))) {
                found.add(entry.message);
            }
        }
        Collections.reverse(found);
        return found;
    }

    void clear() {
        ring.clear();
        bytes = 0;
    }
}
