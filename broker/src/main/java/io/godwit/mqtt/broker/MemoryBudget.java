package io.godwit.mqtt.broker;

import io.godwit.mqtt.protocol.Message;
import org.jspecify.annotations.Nullable;

/** How many bytes of messages the broker keeps, for {@link BrokerLimits#bytes}. Used on the broker's thread only. */
final class MemoryBudget {
    /** What a message costs beside its topic and payload. */
    private static final int OVERHEAD = 128;

    private long used;

    static long size(@Nullable Message message) {
        return message == null ? 0 : OVERHEAD + 2L * message.topic().length() + message.payload().length;
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
