package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.transport.Cancellable;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the JVM running while the client is connected or trying to be, unless the application asked for daemon threads. Event
 * loop only.
 */
final class JvmLease {
    private final ClientConfig config;
    private @Nullable Cancellable lease;

    JvmLease(ClientConfig config) {
        this.config = config;
    }

    void acquire() {
        if (lease == null && !config.network().daemon()) {
            lease = config.transport().holdJvm();
        }
    }

    void release() {
        if (lease != null) {
            lease.cancel();
            lease = null;
        }
    }
}
