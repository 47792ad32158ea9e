package io.godwit.mqtt.broker;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.TopicFilter;
import org.jspecify.annotations.Nullable;

/** How many bytes of messages and subscriptions the broker keeps, for {@link BrokerLimits#bytes}. Used on the broker's thread only. */
final class MemoryBudget {
    /** What a message costs beside its topic and payload. */
    private static final int OVERHEAD = 128;

    private long used;

    static long size(@Nullable Message message) {
        return message == null ? 0 : OVERHEAD + 2L * message.topic().length() + message.payload().length;
    }

    /** What a subscription costs: its filter, and a node of the index for each level. */
    static long size(TopicFilter filter) {
        long levels = filter.text().chars().filter(c -> c == '/').count() + 1;
        return OVERHEAD * (levels + 1) + 4L * filter.text().length();
    }

    boolean fits(long bytes, BrokerLimits limits) {
        return bytes <= limits.bytes() - used;
    }

    void add(long bytes) {
        used += bytes;
    }

    void remove(long bytes) {
        used -= bytes;
    }

    long used() {
        return used;
    }
}
