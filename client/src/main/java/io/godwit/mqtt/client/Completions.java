package io.godwit.mqtt.client;

import io.godwit.mqtt.client.session.Exchange;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Completes the futures of exchanges that have ended. What an application has made depend on a future runs where it is
 * completed, so that is never the event loop: a chain of ended exchanges goes to the executor as one task. Those for
 * which only a blocked thread waits are completed at once, because the executor's thread may be the one that waits.
 */
final class Completions {
    private final Executor executor;

    Completions(Executor executor) {
        this.executor = executor;
    }

    void finish(@Nullable Exchange<?> chain) {
        Exchange<?> first = null;
        Exchange<?> last = null;
        for (Exchange<?> rest = chain; rest != null; ) {
            if (rest.isWaited()) {
                rest = rest.finishAndUnlink();
                if (last != null) {
                    last.link(rest);
                }
            } else {
                first = first == null ? rest : first;
                last = rest;
                rest = rest.next();
            }
        }
        if (first != null) {
            Exchange<?> others = first;
            executor.execute(() -> finishAll(others));
        }
    }

    private static void finishAll(Exchange<?> chain) {
        for (Exchange<?> rest = chain; rest != null; ) {
            rest = rest.finishAndUnlink();
        }
    }
}
