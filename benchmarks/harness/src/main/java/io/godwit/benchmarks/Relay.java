package io.godwit.benchmarks;

import org.jspecify.annotations.Nullable;

/**
 * Messages as fast as they get through: the next is published when fewer than a window of them are on their way to the handler.
 * The window counts from end to end, so that neither the library nor the broker gathers a queue.
 */
public final class Relay implements Traffic {

    private final PublishLoad load;

    /** @param load whose window bounds what is on its way */
    public Relay(PublishLoad load) {
        this.load = load;
    }

    @Override
    public byte @Nullable [] next() {
        return load.acquire() ? load.payload() : null;
    }

    @Override
    public void arrived(long first) {
        load.completed();
    }
}
