package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.HandlerOptions;
import io.godwit.mqtt.client.ManualHandler;
import io.godwit.mqtt.client.MessageHandler;
import io.godwit.mqtt.client.session.Handler;
import io.godwit.mqtt.protocol.TopicFilter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A handler as it was registered: for a topic filter, acknowledging by itself or by hand. */
public record RegisteredHandler(
        TopicFilter filter,
        @Nullable MessageHandler automatic,
        @Nullable ManualHandler manual,
        boolean isPrompt,
        HandlerOptions options)
        implements Handler {

    public static RegisteredHandler automatic(TopicFilter filter, HandlerOptions options, MessageHandler handler) {
        return new RegisteredHandler(filter, Objects.requireNonNull(handler, "handler"), null, false, options);
    }

    public static RegisteredHandler manual(TopicFilter filter, HandlerOptions options, ManualHandler handler) {
        return new RegisteredHandler(filter, null, Objects.requireNonNull(handler, "handler"), false, options);
    }

    /** A handler that is called ahead of waiting messages. */
    static RegisteredHandler prompt(TopicFilter filter, MessageHandler handler) {
        return new RegisteredHandler(filter, handler, null, true, HandlerOptions.defaults());
    }

    /** Registering the same object for the same filter again is the same registration. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RegisteredHandler that
                && filter.equals(that.filter)
                && automatic == that.automatic
                && manual == that.manual;
    }

    @Override
    public int hashCode() {
        return 31 * filter.hashCode() + System.identityHashCode(automatic != null ? automatic : manual);
    }
}
