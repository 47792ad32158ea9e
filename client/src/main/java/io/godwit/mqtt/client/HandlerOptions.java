package io.godwit.mqtt.client;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How the handlers of a subscription are called, or those of a client. Immutable; any thread. */
public final class HandlerOptions {
    private static final HandlerOptions DEFAULTS = new HandlerOptions(null);

    private final @Nullable FailurePolicy failurePolicy;

    private HandlerOptions(@Nullable FailurePolicy failurePolicy) {
        this.failurePolicy = failurePolicy;
    }

    /** For a subscription: as the client's. For a client: failures are reported and the message is rejected. */
    public static HandlerOptions defaults() {
        return DEFAULTS;
    }

    /** What becomes of a message whose handler throws. */
    public HandlerOptions withFailurePolicy(FailurePolicy policy) {
        return new HandlerOptions(Objects.requireNonNull(policy, "policy"));
    }

    /** Null: as the client's, or {@link FailurePolicy#reject()}. */
    public @Nullable FailurePolicy failurePolicy() {
        return failurePolicy;
    }
}
