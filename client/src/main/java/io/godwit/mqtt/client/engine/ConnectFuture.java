package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.session.ConnectExchange;
import io.godwit.mqtt.client.session.Outcome;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A connection that the broker has accepted. Tells those who wait for it and the listeners in one go, before any message
 * that arrived behind CONNACK is handled.
 */
final class ConnectFuture extends ConnectExchange<ConnectResult> {
    // Set once.
    private final ConnectResult accepted;
    private final List<CompletableFuture<ConnectResult>> waiting;
    private final Notifier notifier;

    ConnectFuture(ConnectResult accepted, List<CompletableFuture<ConnectResult>> waiting, Notifier notifier) {
        this.accepted = accepted;
        this.waiting = waiting;
        this.notifier = notifier;
    }

    @Override
    protected void finish(Outcome result) {
        if (complete(accepted)) {
            waiting.forEach(future -> future.complete(accepted));
            notifier.connected(accepted);
        }
    }
}
