package io.godwit.mqtt.client.engine;

import org.jspecify.annotations.Nullable;

/** Decides who calls a handler: the dispatcher in line, concurrent lanes, or a collector of batches. Any thread. */
final class HandlerBinder {
    private final HandlerCalls calls;
    /** For all handlers without a concurrency of their own; null: they are called in line. */
    private final @Nullable HandlerLanes shared;

    HandlerBinder(HandlerCalls calls, ClientConfig config) {
        this.calls = calls;
        int concurrency = config.handlerOptions().concurrency();
        this.shared = concurrency > 1
                ? new HandlerLanes(calls, concurrency, config.handlerOptions().key())
                : null;
    }

    /** To be called before the handler is registered. */
    void bind(RegisteredHandler handler) {
        RegisteredHandler.Batches batches = handler.batches();
        int own = handler.options().concurrency();
        if (batches != null) {
            handler.detach(new HandlerBatches(calls, handler, batches));
        } else if (own > 1) {
            handler.detach(new HandlerLanes(calls, own, handler.options().key()));
        } else if (own == 0 && !handler.isPrompt()) {
            handler.detach(shared);
        }
    }
}
