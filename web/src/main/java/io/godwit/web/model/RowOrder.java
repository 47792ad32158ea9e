package io.godwit.web.model;

import java.util.Comparator;
import java.util.Locale;

/** How siblings are sorted. */
public enum RowOrder {
    NAME,
    RATE,
    BYTE_RATE,
    COUNT,
    BYTES,
    TOPICS,
    TIME;

    /**
     * The order with this name, such as {@code byteRate}.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static RowOrder of(String name) {
        String upper = name.replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT);
        for (RowOrder order : values()) {
            if (order.name().equals(upper)) {
                return order;
            }
        }
        throw new IllegalArgumentException(
                "unknown order '" + name + "': use name, rate, byteRate, count, bytes, topics or time");
    }

    /** Whether the order of the same nodes changes as messages arrive. */
    boolean changes() {
        return this != NAME;
    }

    /** Compares at this time; equal ones by name. */
    Comparator<TopicNode> comparator(long millis, boolean descending) {
        Comparator<TopicNode> byName = (a, b) -> NaturalOrder.compare(a.name(), b.name());
        Comparator<TopicNode> by = switch (this) {
            case NAME -> byName;
            case RATE -> Comparator.comparingDouble(node -> node.rate(millis));
            case BYTE_RATE -> Comparator.comparingDouble(node -> node.byteRate(millis));
            case COUNT -> Comparator.comparingLong(TopicNode::count);
            case BYTES -> Comparator.comparingLong(TopicNode::bytes);
            case TOPICS -> Comparator.comparingInt(TopicNode::topics);
            case TIME -> Comparator.comparingLong(RowOrder::lastTime);
        };
        Comparator<TopicNode> directed = descending ? by.reversed() : by;
        return this == NAME ? directed : directed.thenComparing(byName);
    }

    private static long lastTime(TopicNode node) {
        StoredMessage last = node.last();
        return last == null ? 0 : last.time();
    }
}
