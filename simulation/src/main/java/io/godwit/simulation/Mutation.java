package io.godwit.simulation;

import io.godwit.mqtt.client.HandlerOptions;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.PublishBatchResult;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.client.store.SessionStore;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.store.Disk;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Where a planted fault can sit: at the borders of the client, so that its own code stays as it is. The tests plant many
 * such faults, one at a time, to prove that the simulation finds them.
 */
public interface Mutation {
    /** No fault. */
    Mutation NONE = new Mutation() {};

    /** The store that the client gets. */
    default SessionStore store(SessionStore honest) {
        return honest;
    }

    /** The disk that the store gets. */
    default Disk disk(Disk honest) {
        return honest;
    }

    /** What reaches the network of a packet that the client sends. */
    default void toBroker(Packet packet, Consumer<Packet> network) {
        network.accept(packet);
    }

    /** What the client sees of a packet that arrives. */
    default void toClient(Packet packet, Consumer<Packet> client) {
        client.accept(packet);
    }

    /**
     * The result of a publish, as the application sees it.
     *
     * @param later runs a task some time later
     */
    default <T> CompletableFuture<T> result(CompletableFuture<T> honest, Executor later) {
        return honest;
    }

    /**
     * The result of a batch of publishes, as the application sees it.
     *
     * @param later runs a task some time later
     */
    default CompletableFuture<PublishBatchResult> batch(
            CompletableFuture<PublishBatchResult> honest, int size, Executor later) {
        return honest;
    }

    /** The end of a client, as the application sees it. */
    default CompletableFuture<Void> closing(CompletableFuture<Void> honest) {
        return honest;
    }

    /** When the client connects again. */
    default Reconnect reconnect(Reconnect honest) {
        return honest;
    }

    /** How the client calls its handlers. */
    default HandlerOptions handlerOptions(HandlerOptions honest) {
        return honest;
    }

    /** The last word on the client's options. */
    default void configure(MqttClientBuilder builder) {}
}
