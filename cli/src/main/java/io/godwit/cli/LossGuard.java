package io.godwit.cli;

import io.godwit.cli.output.Wording;
import io.godwit.mqtt.client.ClientListener;
import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.DisconnectCause;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.NotConnectedException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Ends a command that would reconnect for nothing: a broker that closes the connection on a packet which it does not allow
 * (MQTT 3 has no other answer) does so again when the packet is sent again. Closes the client once connections in a row
 * were lost soon after they were made and before the broker answered anything. The same if the heap is too small for what
 * the broker sends.
 */
final class LossGuard implements ClientListener {
    private static final int LOSSES = 2;
    private static final long SOON_NANOS = Duration.ofSeconds(5).toNanos();

    private final CompletableFuture<Object> lost = new CompletableFuture<>();

    /** Any thread: whether the broker has answered something since the last connection was made. */
    private volatile boolean answered;

    // Listener calls only, one at a time.
    private long connectedAt;
    private int losses;

    /** The broker has answered a packet of this command. */
    void answered() {
        answered = true;
    }

    /** Fails when the command should end. */
    CompletableFuture<Object> lost() {
        return lost;
    }

    /** Why the command should end; null if it should not. */
    @Nullable
    Throwable failure() {
        return lost.isCompletedExceptionally()
                ? lost.handle((nothing, failure) -> failure).join()
                : null;
    }

    @Override
    public void connected(MqttClient client, ConnectResult result) {
        connectedAt = System.nanoTime();
        answered = false;
    }

    @Override
    public void disconnected(MqttClient client, DisconnectCause cause, @Nullable Duration next) {
        if (cause.exception() instanceof OutOfMemoryError tooSmall) {
            end(client, tooSmall);
            return;
        }
        boolean soon = System.nanoTime() - connectedAt < SOON_NANOS;
        losses = answered || !soon ? 0 : losses + 1;
        if (next != null && losses >= LOSSES) {
            end(
                    client,
                    new NotConnectedException("the connection was lost " + losses
                            + " times in a row before the broker answered; it may not allow this topic or client ("
                            + Wording.of(cause.text()) + ")"));
        }
    }

    private void end(MqttClient client, Throwable why) {
        if (lost.completeExceptionally(why)) {
            client.closeAsync();
        }
    }
}
