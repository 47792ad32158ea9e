package io.godwit.cli.output;

import io.godwit.mqtt.client.ClientListener;
import io.godwit.mqtt.client.ConnectFailure;
import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.DisconnectCause;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reports what happens to a connection, a line for each event. */
public final class ConnectionWarnings implements ClientListener {
    private final Consumer<String> notes;
    private final boolean detailed;

    /** @param detailed whether successful connections are reported too */
    public ConnectionWarnings(Consumer<String> notes, boolean detailed) {
        this.notes = notes;
        this.detailed = detailed;
    }

    /** A time for people. */
    public static String time(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toNanos() / 1e9);
    }

    @Override
    public void connectFailed(MqttClient client, ConnectFailure failure, @Nullable Duration next) {
        if (next != null) {
            notes.accept("connection failed: " + Wording.of(failure.text()) + "; next attempt in " + time(next));
        }
    }

    @Override
    public void disconnected(MqttClient client, DisconnectCause cause, @Nullable Duration next) {
        if (cause.endedBy() != DisconnectCause.EndedBy.APPLICATION) {
            notes.accept("connection lost: " + Wording.of(cause.text())
                    + (next == null ? "" : "; next attempt in " + time(next)));
        }
    }

    @Override
    public void connected(MqttClient client, ConnectResult result) {
        if (detailed) {
            notes.accept(
                    "connected to " + result.server() + " as '" + result.clientId() + "', MQTT " + client.protocol());
        }
    }

    @Override
    public void handlerFailed(MqttClient client, Message message, Throwable failure) {
        notes.accept("a message on '" + message.topic() + "' could not be handled: " + failure);
    }

    @Override
    public void resubscribed(MqttClient client, TopicSubscription subscription, ReasonCode reason) {
        if (reason.isError()) {
            notes.accept("the broker rejected restoring the subscription to '" + subscription.filter() + "': "
                    + reason.describe());
        }
    }
}
