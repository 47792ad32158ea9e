package io.godwit.spring;

import org.jspecify.annotations.Nullable;

/**
 * A message that an {@link MqttListener} can't be called with: the payload, a topic level or a user property is not what the
 * parameter needs. It is never tried again, since it would fail again; the dead letter topic, or a refusal, follows at once.
 */
public final class UnreadableMessageException extends RuntimeException {
    public UnreadableMessageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
