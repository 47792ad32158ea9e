package io.godwit.mqtt.broker;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Property;
import org.jspecify.annotations.Nullable;

/**
 * A message with the time at which it expires. The message is as the subscriber sees it,
 * except for its expiry interval, which is what is left of it when the message is sent [MQTT-3.3.2-6].
 *
 * @param expiresAt in the broker's nanoseconds; {@link #NEVER} when it does not expire
 */
record QueuedMessage(Message message, long expiresAt) {
    static final long NEVER = Long.MAX_VALUE;

    /** The message as it arrived at {@code now}. */
    static QueuedMessage arrived(Message message, long now) {
        Long seconds = message.properties().get(Property.MESSAGE_EXPIRY_INTERVAL);
        return new QueuedMessage(message, after(now, seconds));
    }

    /** The moment {@code seconds} after {@code now}; null is never. */
    static long after(long now, @Nullable Long seconds) {
        return seconds == null ? NEVER : now + seconds * 1_000_000_000L;
    }

    boolean expired(long now) {
        return expiresAt != NEVER && now >= expiresAt;
    }

    /** The message with what is left of its expiry interval at {@code now}. */
    Message sentAt(long now) {
        if (expiresAt == NEVER) {
            return message;
        }
        long left = Math.max(0, Math.floorDiv(expiresAt - now + 999_999_999L, 1_000_000_000L));
        return message.withProperties(message.properties().with(Property.MESSAGE_EXPIRY_INTERVAL, left));
    }

    QueuedMessage with(Message changed) {
        return new QueuedMessage(changed, expiresAt);
    }
}
