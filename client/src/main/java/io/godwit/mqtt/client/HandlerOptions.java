package io.godwit.mqtt.client;

import io.godwit.mqtt.protocol.Message;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How the handlers of a subscription are called, or those of a client ({@link MqttClientBuilder#handlerOptions}). What a
 * subscription's options don't say is as the client's. Immutable; any thread.
 */
public final class HandlerOptions {
    private static final int MOST_CONCURRENCY = 1_024;
    private static final HandlerOptions DEFAULTS = new HandlerOptions(null, 0, Message::topic);

    private final @Nullable FailurePolicy failurePolicy;
    private final int concurrency;
    private final Function<? super Message, ?> key;

    private HandlerOptions(@Nullable FailurePolicy failurePolicy, int concurrency, Function<? super Message, ?> key) {
        this.failurePolicy = failurePolicy;
        this.concurrency = concurrency;
        this.key = key;
    }

    /**
     * For a subscription: as the client's. For a client: handlers are called one at a time in the order of the messages, and a
     * message whose handler throws is rejected.
     */
    public static HandlerOptions defaults() {
        return DEFAULTS;
    }

    /** What becomes of a message whose handler throws. */
    public HandlerOptions withFailurePolicy(FailurePolicy policy) {
        return new HandlerOptions(Objects.requireNonNull(policy, "policy"), concurrency, key);
    }

    /** {@link #withConcurrency(int, Function)} with the topic as the key. */
    public HandlerOptions withConcurrency(int handlers) {
        return withConcurrency(handlers, Message::topic);
    }

    /**
     * Calls several handlers at once: messages with the same key one after the other in their order, others in any order.
     * Acknowledgements are still sent in the order of the messages [MQTT-4.6.0-2], so a handler that takes long delays those
     * behind it, not the other handlers. Not together with {@link MqttClientBuilder#handlersOnEventLoop}.
     *
     * @param handlers how many at most, 1 to 1,024; of a client: all that have no concurrency of their own
     * @param messageKey called once for each message before it is handled, one call at a time; must not block. Null: the
     *     message is handled in any order. If it throws, the topic is the key
     * @throws IllegalArgumentException unless 1 to 1,024
     */
    public HandlerOptions withConcurrency(int handlers, Function<? super Message, ?> messageKey) {
        if (handlers < 1 || handlers > MOST_CONCURRENCY) {
            throw new IllegalArgumentException(
                    "invalid concurrency " + handlers + ": must be 1 to " + MOST_CONCURRENCY);
        }
        return new HandlerOptions(failurePolicy, handlers, Objects.requireNonNull(messageKey, "messageKey"));
    }

    /** Null: as the client's, or {@link FailurePolicy#reject()}. */
    public @Nullable FailurePolicy failurePolicy() {
        return failurePolicy;
    }

    /** How many handlers may run at once; 0: as the client's, or one. */
    public int concurrency() {
        return concurrency;
    }

    /** What distinguishes messages if handlers run concurrently. */
    public Function<? super Message, ?> key() {
        return key;
    }
}
