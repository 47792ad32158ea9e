package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.ClientListener;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way to the application's code: its executors and its listeners. Nothing of it runs on the event loop unasked. */
final class Notifier {
    private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);

    // Set once.
    private final MqttClient client;
    private final ClientConfig config;
    private final EventLoop loop;
    private final Executor executor;
    private final @Nullable ListenerCalls listenerCalls;

    /** Whether a message without a handler was given up, which is logged once. Any thread. */
    private volatile boolean givenUp;

    /** Whether the application's executor has rejected a task, which is logged once. Any thread. */
    private volatile boolean rejected;

    Notifier(MqttClient client, ClientConfig config) {
        this.client = client;
        this.config = config;
        this.loop = config.loop();
        this.executor = config.onEventLoop() ? this::onLoop : this::onExecutor;
        this.listenerCalls = config.listeners().isEmpty() ? null : new ListenerCalls(this::onExecutor, this::missed);
    }

    private void onLoop(Runnable task) {
        if (loop.inLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    /** Messages and futures must not be lost to an executor of the application that is full or was shut down. */
    private void onExecutor(Runnable task) {
        try {
            config.executor().execute(task);
        } catch (RejectedExecutionException full) {
            if (!rejected) {
                rejected = true;
                LOG.warn("the executor rejects tasks; they run on Godwit's own threads: {}", full.getMessage());
            }
            HandlerThreads.shared().execute(task);
        }
    }

    /** Where handlers and dependents of futures run. */
    Executor executor() {
        return executor;
    }

    /** Runs suppliers and policies of the application, which may block, on a thread that no handler can occupy. */
    void background(Runnable task) {
        config.background().execute(task);
    }

    /** Completes a future on which code of the application may depend. */
    @SuppressWarnings("NullAway") // a future of Void completes with null
    <T> void complete(CompletableFuture<T> future, @Nullable T value) {
        if (future instanceof BlockingFuture) {
            future.complete(value);
        } else {
            executor.execute(() -> future.complete(value));
        }
    }

    /** Fails a future on which code of the application may depend. */
    void fail(CompletableFuture<?> future, Throwable failure) {
        if (future instanceof BlockingFuture) {
            future.completeExceptionally(failure);
        } else {
            executor.execute(() -> future.completeExceptionally(failure));
        }
    }

    // ---- listeners ----

    /** Calls the listeners, in order, off the loop. */
    void tell(BiConsumer<ClientListener, MqttClient> hook) {
        if (listenerCalls != null) {
            listenerCalls.execute(all(hook));
        }
    }

    /** The same before it returns, unless this is the event loop or another thread is calling the listeners. */
    void tellNow(BiConsumer<ClientListener, MqttClient> hook) {
        if (listenerCalls == null) {
            return;
        }
        if (loop.inLoop()) {
            listenerCalls.execute(all(hook));
        } else {
            listenerCalls.executeHere(all(hook));
        }
    }

    /** The same for what concerns a single message, which a slow listener may miss. */
    private void tellOf(Message message, Consumer<ClientListener> hook) {
        if (listenerCalls != null) {
            listenerCalls.offer(() -> config.listeners().forEach(hook), message.payload().length);
        }
    }

    private Runnable all(BiConsumer<ClientListener, MqttClient> hook) {
        return () -> config.listeners().forEach(listener -> hook.accept(listener, client));
    }

    private void missed(long calls) {
        config.listeners().forEach(listener -> listener.missed(client, calls));
    }

    void publishFailed(Message message, MqttException failure) {
        tellOf(message, listener -> listener.publishFailed(client, message, failure));
    }

    void messageUnhandled(Message message, boolean waits) {
        if (!waits && message.qos() != Qos.AT_MOST_ONCE && !givenUp) {
            givenUp = true;
            LOG.warn(
                    "no handler wants the message for '{}': it is not kept any longer, nor are later ones;"
                            + " unsubscribe, or declare a handler before connecting",
                    message.topic());
        }
        tellOf(message, listener -> listener.messageUnhandled(client, message, waits));
    }

    void handlerFailed(Message message, Throwable failure) {
        LOG.warn("the handler of a message for '{}' failed", message.topic(), failure);
        tellOf(message, listener -> listener.handlerFailed(client, message, failure));
    }
}
