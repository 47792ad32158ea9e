package io.godwit.benchmarks.awscrt;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import software.amazon.awssdk.crt.CRT;
import software.amazon.awssdk.crt.mqtt5.Mqtt5Client;
import software.amazon.awssdk.crt.mqtt5.Mqtt5ClientOptions.LifecycleEvents;
import software.amazon.awssdk.crt.mqtt5.Mqtt5ClientOptions.PublishEvents;
import software.amazon.awssdk.crt.mqtt5.OnAttemptingConnectReturn;
import software.amazon.awssdk.crt.mqtt5.OnConnectionFailureReturn;
import software.amazon.awssdk.crt.mqtt5.OnConnectionSuccessReturn;
import software.amazon.awssdk.crt.mqtt5.OnDisconnectionReturn;
import software.amazon.awssdk.crt.mqtt5.OnStoppedReturn;
import software.amazon.awssdk.crt.mqtt5.PublishReturn;
import software.amazon.awssdk.crt.mqtt5.packets.PublishPacket;

/** What the client has to say, on its event loop: the first connection and the end as futures, messages to one handler. */
final class Events implements LifecycleEvents, PublishEvents {

    // Any thread.
    private final CompletableFuture<Boolean> connected = new CompletableFuture<>();
    private final CompletableFuture<Boolean> stopped = new CompletableFuture<>();
    private volatile Consumer<PublishPacket> handler = message -> {};

    /** Set before a subscription. */
    void handle(Consumer<PublishPacket> newHandler) {
        handler = newHandler;
    }

    CompletableFuture<Boolean> connected() {
        return connected;
    }

    CompletableFuture<Boolean> stopped() {
        return stopped;
    }

    @Override
    public void onMessageReceived(Mqtt5Client client, PublishReturn message) {
        handler.accept(message.getPublishPacket());
    }

    @Override
    public void onAttemptingConnect(Mqtt5Client client, OnAttemptingConnectReturn attempt) {
        // what comes of it is said later
    }

    @Override
    public void onConnectionSuccess(Mqtt5Client client, OnConnectionSuccessReturn success) {
        connected.complete(true);
    }

    @Override
    public void onConnectionFailure(Mqtt5Client client, OnConnectionFailureReturn failure) {
        // The first attempt counts; later ones are repeated by the library.
        connected.completeExceptionally(new IllegalStateException(CRT.awsErrorString(failure.getErrorCode())));
    }

    @Override
    public void onDisconnection(Mqtt5Client client, OnDisconnectionReturn disconnection) {
        // after stop(), or during a storm
    }

    @Override
    public void onStopped(Mqtt5Client client, OnStoppedReturn stop) {
        stopped.complete(true);
    }
}
