package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.ClientListener;
import io.godwit.mqtt.client.MessageListener;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ReasonCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Calls the {@link MessageListener}s of a client, on the thread that calls this. A client without such listeners has no object
 * of this class, which is all that its hot paths ask for. Any thread.
 */
final class MessageHooks {
    // Set once.
    private final MqttClient client;
    private final List<MessageListener> listeners;
    private final Consumer<Throwable> failed;

    private MessageHooks(MqttClient client, List<MessageListener> listeners, Consumer<Throwable> failed) {
        this.client = client;
        this.listeners = listeners;
        this.failed = failed;
    }

    /**
     * Null: nobody listens to messages.
     *
     * @param failed receives what a listener throws
     */
    static @Nullable MessageHooks of(MqttClient client, List<ClientListener> all, Consumer<Throwable> failed) {
        List<MessageListener> listeners = new ArrayList<>(all.size());
        for (ClientListener listener : all) {
            if (listener instanceof MessageListener each) {
                listeners.add(each);
            }
        }
        return listeners.isEmpty() ? null : new MessageHooks(client, listeners, failed);
    }

    private void each(BiConsumer<MessageListener, MqttClient> hook) {
        for (MessageListener listener : listeners) {
            try {
                hook.accept(listener, client);
            } catch (Throwable failure) {
                failed.accept(failure);
            }
        }
    }

    /** What the listeners make of a message that is about to be published. */
    Message publishing(Message given) {
        Message message = given;
        for (MessageListener listener : listeners) {
            try {
                message = listener.publishing(client, message);
            } catch (Throwable failure) {
                failed.accept(failure);
            }
        }
        return message;
    }

    void publishAccepted(Message message) {
        each((listener, mine) -> listener.publishAccepted(mine, message));
    }

    void publishRefused(Message message, RuntimeException failure) {
        each((listener, mine) -> listener.publishRefused(mine, message, failure));
    }

    void publishSent(Message message, boolean again) {
        each((listener, mine) -> listener.publishSent(mine, message, again));
    }

    void publishAcknowledged(Message message, PublishResult result, long nanos) {
        Duration took = Duration.ofNanos(nanos);
        each((listener, mine) -> listener.publishAcknowledged(mine, message, result, took));
    }

    void publishFailed(Message message, MqttException failure, long nanos) {
        Duration took = Duration.ofNanos(nanos);
        each((listener, mine) -> listener.publishFailed(mine, message, failure, took));
    }

    void messageReceived(Message message) {
        each((listener, mine) -> listener.messageReceived(mine, message));
    }

    void handling(Message message) {
        each((listener, mine) -> listener.handling(mine, message));
    }

    /** In the opposite order of {@link #handling}, so that what one has begun can be nested. */
    void handlingEnded(Message message) {
        for (int i = listeners.size() - 1; i >= 0; i--) {
            try {
                listeners.get(i).handlingEnded(client, message);
            } catch (Throwable thrown) {
                failed.accept(thrown);
            }
        }
    }

    /** The listeners are called in the opposite order of {@link #messageReceived}, so that what one has begun can be nested. */
    void messageHandled(Message message, long nanos, @Nullable Throwable failure) {
        Duration took = Duration.ofNanos(nanos);
        for (int i = listeners.size() - 1; i >= 0; i--) {
            try {
                listeners.get(i).messageHandled(client, message, took, failure);
            } catch (Throwable thrown) {
                failed.accept(thrown);
            }
        }
    }

    void messageRejected(Message message, ReasonCode reason) {
        each((listener, mine) -> listener.messageRejected(mine, message, reason));
    }

    void storeForced(long nanos) {
        Duration took = Duration.ofNanos(nanos);
        each((listener, mine) -> listener.storeForced(mine, took));
    }
}
