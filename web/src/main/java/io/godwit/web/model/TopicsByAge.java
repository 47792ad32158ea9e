package io.godwit.web.model;

import org.jspecify.annotations.Nullable;

/** The nodes with messages, by the time of their last one, and a hand that goes round them. Guarded by the tree's lock. */
final class TopicsByAge {
    private @Nullable TopicNode oldest;
    private @Nullable TopicNode newest;
    private @Nullable TopicNode hand;

    /** Takes the node as the newest, whether or not it is in the list. */
    void touch(TopicNode node) {
        if (node == newest) {
            return;
        }
        if (node.newer() != null) {
            remove(node);
        }
        node.older(newest);
        if (newest == null) {
            oldest = node;
        } else {
            newest.newer(node);
        }
        newest = node;
    }

    void remove(TopicNode node) {
        TopicNode before = node.older();
        TopicNode after = node.newer();
        if (node == hand) {
            hand = after;
        }
        if (before == null) {
            oldest = after;
        } else {
            before.newer(after);
        }
        if (after == null) {
            newest = before;
        } else {
            after.older(before);
        }
        node.older(null);
        node.newer(null);
    }

    @Nullable
    TopicNode oldest() {
        return oldest;
    }

    /** The next node of the round, null if there is none at all. */
    @Nullable
    TopicNode next() {
        TopicNode here = hand == null ? oldest : hand;
        hand = here == null ? null : here.newer();
        return here;
    }
}
