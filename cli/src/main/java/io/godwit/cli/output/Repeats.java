package io.godwit.cli.output;

import io.godwit.mqtt.protocol.Message;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes a message that a handler has had already: the handler of several filters hears one that matches more than one
 * of them several times in a row. Handler thread only.
 */
public final class Repeats {
    private @Nullable Message last;

    /** Whether this is the very message of the call before. */
    @SuppressWarnings("ReferenceEquality") // another message that says the same is not meant
    public boolean isRepeat(Message message) {
        boolean again = message == last;
        last = message;
        return again;
    }
}
