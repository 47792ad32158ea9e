package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.transport.Cancellable;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the JVM running while the client is connected or trying to be, unless the application asked for daemon threads. Event
 * loop only.
 */
final class JvmHold {
    private final ClientConfig config;
    private @Nullable Cancellable hold;

    JvmHold(ClientConfig config) {
        this.config = config;
    }

    void acquire() {
        if (hold == null && !config.network().daemon()) {
            hold = config.transport().holdJvm();
        }
    }

    void release() {
        if (hold != null) {
            hold.cancel();
            hold = null;
        }
    }
}
