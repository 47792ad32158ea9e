package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * What a handler has made of a message.
 *
 * @param reason for {@link Kind#REJECT}
 */
record Resolution(Kind kind, ReasonCode reason, @Nullable String text) {
    /** If handlers disagree about a message, the last of these counts. */
    enum Kind {
        ACKNOWLEDGE,
        REJECT,
        LEAVE
    }

    static final Resolution ACKNOWLEDGE = new Resolution(Kind.ACKNOWLEDGE, ReasonCode.SUCCESS, null);
    static final Resolution LEAVE = new Resolution(Kind.LEAVE, ReasonCode.SUCCESS, null);

    static Resolution reject(ReasonCode reason, @Nullable String text) {
        return new Resolution(Kind.REJECT, reason, text);
    }

    Resolution and(Resolution other) {
        return other.kind.compareTo(kind) > 0 ? other : this;
    }
}
