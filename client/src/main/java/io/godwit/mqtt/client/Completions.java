package io.godwit.mqtt.client;

import io.godwit.mqtt.client.session.Exchange;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Completes the futures of exchanges that have ended. What an application has made depend on a future runs where it is
 * completed, so that is never the event loop: each chain of ended exchanges goes to the executor as one task. Only those
 * on which nothing but a waiting thread depends are completed at once.
 */
final class Completions {
    private final Executor executor;

    Completions(Executor executor) {
        this.executor = executor;
    }

    void finish(@Nullable Exchange<?> chain) {
        Exchange<?> rest = chain;
        while (rest instanceof Publication publication && publication.internal) {
            rest = rest.finishAndUnlink();
        }
        if (rest != null) {
            Exchange<?> others = rest;
            executor.execute(() -> finishAll(others));
        }
    }

    private static void finishAll(Exchange<?> chain) {
        for (Exchange<?> rest = chain; rest != null; ) {
            rest = rest.finishAndUnlink();
        }
    }
}
