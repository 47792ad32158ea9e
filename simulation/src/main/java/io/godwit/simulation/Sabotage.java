package io.godwit.simulation;

import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.store.SessionStore;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.store.Disk;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Where a planted fault can sit: at the borders of the client, so that its own code stays as it is. A simulation that
 * finds none of these faults proves nothing; the tests plant them one by one.
 */
public interface Sabotage {
    /** No fault. */
    Sabotage NONE = new Sabotage() {};

    /** The store that the client gets. */
    default SessionStore store(SessionStore honest) {
        return honest;
    }

    /** The disk that the store gets. */
    default Disk disk(Disk honest) {
        return honest;
    }

    /** A packet that the client sends, as it reaches the network; null: it never does. */
    default @Nullable Packet toBroker(Packet packet) {
        return packet;
    }

    /**
     * The result of a publish, as the application sees it.
     *
     * @param later runs a task some time later
     */
    default <T> CompletableFuture<T> result(CompletableFuture<T> honest, Executor later) {
        return honest;
    }

    /** The last word on the client's options. */
    default void configure(MqttClientBuilder builder) {}
}
