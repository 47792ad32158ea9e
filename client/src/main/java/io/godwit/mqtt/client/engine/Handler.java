package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.ManualHandler;
import io.godwit.mqtt.client.MessageHandler;
import io.godwit.mqtt.client.session.Prompt;
import io.godwit.mqtt.protocol.TopicFilter;
import org.jspecify.annotations.Nullable;

/** A handler as it was registered: for a topic filter, acknowledging by itself or by hand. */
public record Handler(
        TopicFilter filter,
        @Nullable MessageHandler automatic,
        @Nullable ManualHandler manual) implements Prompt {
    @Override
    public boolean isPrompt() {
        return automatic instanceof Requests.Responses;
    }

    /** Two registrations are two handlers, even of the same lambda. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
