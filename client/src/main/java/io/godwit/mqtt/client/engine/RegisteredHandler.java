package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.BatchHandler;
import io.godwit.mqtt.client.HandlerOptions;
import io.godwit.mqtt.client.ManualHandler;
import io.godwit.mqtt.client.MessageHandler;
import io.godwit.mqtt.client.session.Handler;
import io.godwit.mqtt.protocol.TopicFilter;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A handler as it was registered: for a topic filter, acknowledging by itself or by hand, or for batches. */
public final class RegisteredHandler implements Handler {
    private static final int MOST_IN_BATCH = 1 << 20;
    private static final Duration LONGEST_LINGER = Duration.ofHours(1);

    // Set once.
    private final TopicFilter filter;
    private final HandlerOptions options;
    private final boolean prompt;
    private final @Nullable MessageHandler automatic;
    private final @Nullable ManualHandler manual;
    private final @Nullable Batches batches;

    /** Set before it is registered: who calls it, if it is not called in line. */
    private @Nullable DetachedCalls detached;

    /** Calls a handler elsewhere than in the line of all messages of the client. */
    interface DetachedCalls {
        /** Takes a message for the handler, and later settles the share. */
        void add(RegisteredHandler receiver, Settlement share);
    }

    /**
     * What a handler of batches wants.
     *
     * @param most messages in a batch
     * @param linger how long the first one may wait for others
     */
    record Batches(int most, Duration linger, BatchHandler handler) {
        Batches {
            if (most < 1 || most > MOST_IN_BATCH) {
                throw new IllegalArgumentException(
                        "invalid batch of " + most + " messages: must be 1 to " + MOST_IN_BATCH);
            }
            if (linger.isNegative() || linger.compareTo(LONGEST_LINGER) > 0) {
                throw new IllegalArgumentException(
                        "invalid linger time " + linger + ": must be zero to " + LONGEST_LINGER);
            }
            Objects.requireNonNull(handler, "handler");
        }
    }

    private RegisteredHandler(
            TopicFilter filter,
            HandlerOptions options,
            boolean prompt,
            @Nullable MessageHandler automatic,
            @Nullable ManualHandler manual,
            @Nullable Batches batches) {
        this.filter = filter;
        this.options = Objects.requireNonNull(options, "options");
        this.prompt = prompt;
        this.automatic = automatic;
        this.manual = manual;
        this.batches = batches;
    }

    public static RegisteredHandler automatic(TopicFilter filter, HandlerOptions options, MessageHandler handler) {
        return new RegisteredHandler(filter, options, false, Objects.requireNonNull(handler, "handler"), null, null);
    }

    public static RegisteredHandler manual(TopicFilter filter, HandlerOptions options, ManualHandler handler) {
        return new RegisteredHandler(filter, options, false, null, Objects.requireNonNull(handler, "handler"), null);
    }

    /** @throws IllegalArgumentException if a batch has too few or too many messages, or waits too long */
    public static RegisteredHandler batches(
            TopicFilter filter, HandlerOptions options, int most, Duration linger, BatchHandler handler) {
        return new RegisteredHandler(filter, options, false, null, null, new Batches(most, linger, handler));
    }

    /** A handler that is called ahead of waiting messages. */
    static RegisteredHandler prompt(TopicFilter filter, MessageHandler handler) {
        return new RegisteredHandler(filter, HandlerOptions.defaults(), true, handler, null, null);
    }

    void detach(@Nullable DetachedCalls calls) {
        detached = calls;
    }

    @Nullable
    DetachedCalls detached() {
        return detached;
    }

    /** The same for another client. */
    RegisteredHandler copy() {
        return new RegisteredHandler(filter, options, prompt, automatic, manual, batches);
    }

    @Override
    public TopicFilter filter() {
        return filter;
    }

    @Override
    public boolean isPrompt() {
        return prompt;
    }

    HandlerOptions options() {
        return options;
    }

    @Nullable
    MessageHandler automatic() {
        return automatic;
    }

    @Nullable
    Batches batches() {
        return batches;
    }

    /** Calls the handler with a message, unless it is one of batches. */
    void call(Settlement share, @Nullable ManualAcknowledgement acknowledgement) throws Exception {
        if (automatic != null) {
            automatic.handle(share.message());
        } else if (manual != null && acknowledgement != null) {
            manual.handle(share.message(), acknowledgement);
        }
    }

    boolean isManual() {
        return manual != null;
    }

    /** Registering the same object for the same filter again is the same registration. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RegisteredHandler that
                && filter.equals(that.filter)
                && automatic == that.automatic
                && manual == that.manual
                && batchHandler() == that.batchHandler();
    }

    private @Nullable BatchHandler batchHandler() {
        return batches == null ? null : batches.handler;
    }

    @Override
    public int hashCode() {
        Object handler = automatic != null ? automatic : manual != null ? manual : batchHandler();
        return 31 * filter.hashCode() + System.identityHashCode(handler);
    }
}
