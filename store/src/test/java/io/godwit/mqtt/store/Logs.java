package io.godwit.mqtt.store;

import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.store.StoredSession;
import io.godwit.mqtt.protocol.Message;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Small steps that the tests of the store share. */
final class Logs {
    static final long NEVER = Long.MAX_VALUE;

    private Logs() {}

    /** Forces all notes and waits until they are safe. */
    static void force(SessionLog log) {
        forced(log).orTimeout(20, TimeUnit.SECONDS).join();
    }

    static CompletableFuture<Void> forced(SessionLog log) {
        CompletableFuture<Void> forced = new CompletableFuture<>();
        log.force(log.position(), () -> forced.complete(null), forced::completeExceptionally);
        return forced;
    }

    static Message message(long number) {
        return Message.of("boiler/" + number % 7, "message " + number);
    }

    static StoredSession reopened(DiskStore store, String clientId) throws IOException {
        try (Closer closer = new Closer(store.open(clientId))) {
            return closer.log.recovered();
        }
    }

    record Closer(SessionLog log) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            log.close();
        }
    }
}
