package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.ClientListener;
import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.FailurePolicy;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.client.session.SessionEvent;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ReasonCode;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The way to the application's code: its executors and its listeners. Nothing of it runs on the event loop unasked. */
final class Notifier {
    // Set once.
    private final MqttClient client;
    private final ClientConfig config;
    private final Executor executor;
    private final CallContext context;
    private final @Nullable ListenerCalls listenerCalls;
    private final @Nullable ConnectionLog log;
    private final @Nullable MessageHooks hooks;

    /** Whether the application's executor has rejected a task, which is logged once. Any thread. */
    private volatile boolean rejected;

    /** Written by the thread that calls the listeners. */
    private volatile @Nullable ConnectedCall connectedCall;

    Notifier(MqttClient client, ClientConfig config) {
        this.client = client;
        this.config = config;
        boolean ownThreads = config.executor() == HandlerThreads.shared();
        this.context = new CallContext(ownThreads && !config.onEventLoop() ? config.clientId() : null);
        Executor offLoop = ownThreads ? this::onOwnThreads : this::onExecutor;
        this.executor = config.onEventLoop() ? this::onLoop : offLoop;
        this.log = config.dispatch().logging() ? ConnectionLog.of(config) : null;
        this.listenerCalls = config.listeners().isEmpty()
                ? null
                : new ListenerCalls(task -> offLoop.execute(context.around(task)), this::missed, this::listenerFailed);
        this.hooks = MessageHooks.of(client, config.listeners(), this::listenerFailed);
    }

    private void onLoop(Runnable task) {
        if (config.loop().inLoop()) {
            task.run();
        } else {
            config.loop().execute(task);
        }
    }

    private void onOwnThreads(Runnable task) {
        try {
            config.executor().execute(task);
        } catch (OutOfMemoryError noThread) {
            HandlerThreads.background().execute(task); // it waits there until there is one
        }
    }

    /** Messages and futures must not be lost to an executor of the application that is full, was shut down or fails. */
    private void onExecutor(Runnable task) {
        Runnable once = new Once(task);
        try {
            config.executor().execute(once);
        } catch (Throwable failure) {
            HandlerThreads.shared()
                    .execute(once); // before anything of the application's failure is read, which may fail too
            if (!rejected) {
                rejected = true;
                warn("the executor rejects tasks; they run on Godwit's own threads: " + failure.getMessage(), null);
            }
        }
    }

    /** A task that runs once, even if an executor runs it twice, or runs it and then fails. */
    private static final class Once implements Runnable {
        private final AtomicReference<@Nullable Runnable> task;

        Once(Runnable task) {
            this.task = new AtomicReference<>(task);
        }

        @Override
        public void run() {
            Runnable mine = task.getAndSet(null);
            if (mine != null) {
                mine.run();
            }
        }
    }

    /** What the application's code finds; whoever gives a task to {@link #executor} sets it up. */
    CallContext context() {
        return context;
    }

    /** Where handlers and dependents of futures run. */
    Executor executor() {
        return executor;
    }

    /** Runs suppliers and policies of the application, which may block, on a thread that no handler can occupy. */
    void background(Runnable task) {
        config.background().execute(context.around(task));
    }

    /** Completes a future on which code of the application may depend. */
    @SuppressWarnings("NullAway") // a future of Void completes with null
    <T> void complete(CompletableFuture<T> future, @Nullable T value) {
        if (future instanceof BlockingFuture) {
            future.complete(value);
        } else {
            executor.execute(context.around(() -> future.complete(value)));
        }
    }

    /** Fails a future on which code of the application may depend. */
    void fail(CompletableFuture<?> future, Throwable failure) {
        if (future instanceof BlockingFuture) {
            future.completeExceptionally(failure);
        } else {
            executor.execute(context.around(() -> future.completeExceptionally(failure)));
        }
    }

    // ---- listeners ----

    /**
     * Whether a connection that nobody waits for is told to anybody: to listeners; also to an executor of the application, so that
     * one that rejects tasks is known of before it has any to run.
     */
    boolean tellsConnections() {
        return listenerCalls != null || config.executor() != HandlerThreads.shared();
    }

    /** Writes the log, on this thread, and calls the listeners, in order, off the loop. */
    void tell(BiConsumer<ClientListener, MqttClient> hook) {
        toLog(line -> hook.accept(line, client));
        if (listenerCalls != null) {
            listenerCalls.execute(all(hook));
        }
    }

    /** What an appender of the application throws must not end a connection. */
    private void toLog(Consumer<ClientListener> line) {
        if (log != null) {
            try {
                line.accept(log);
            } catch (RuntimeException failure) {
                // there is no better place to report it than the one that has just failed
            }
        }
    }

    /** Calls the listeners before it returns, unless this is the event loop or another thread is calling them. */
    private void tellNow(BiConsumer<ClientListener, MqttClient> hook) {
        if (listenerCalls == null) {
            return;
        }
        if (config.loop().inLoop()) {
            listenerCalls.execute(all(hook));
        } else {
            listenerCalls.executeHere(all(hook));
        }
    }

    /** The same as {@link #tell} for what concerns a single message, which a slow listener may miss. */
    private void tellOf(int bytes, Consumer<ClientListener> hook) {
        toLog(hook);
        if (listenerCalls != null) {
            listenerCalls.offer(() -> config.listeners().forEach(hook), bytes);
        }
    }

    private Runnable all(BiConsumer<ClientListener, MqttClient> hook) {
        return () -> {
            for (ClientListener listener : config.listeners()) {
                try {
                    hook.accept(listener, client);
                } catch (Throwable failure) {
                    listenerFailed(failure);
                }
            }
        };
    }

    private void missed(long calls) {
        toLog(line -> line.missed(client, calls));
        config.listeners().forEach(listener -> listener.missed(client, calls));
    }

    private void listenerFailed(Throwable failure) {
        warn("a listener failed", failure);
    }

    /** Something that only a log can tell. Any thread. */
    void warn(String text, @Nullable Throwable failure) {
        if (log != null) {
            log.warn(text, failure);
        }
    }

    /** A detail that helps to find a fault. Any thread. */
    void debug(String text, @Nullable Throwable failure) {
        if (log != null) {
            log.debug(text, failure);
        }
    }

    /** Who hears of single messages at once; null: nobody. */
    @Nullable
    MessageHooks hooks() {
        return hooks;
    }

    void publishFailed(Message message, MqttException failure) {
        tellOf(message.payload().length, listener -> listener.publishFailed(client, message, failure));
    }

    void messageUnhandled(Message message, boolean waits) {
        tellOf(message.payload().length, listener -> listener.messageUnhandled(client, message, waits));
    }

    void notice(SessionEvent.Notice notice) {
        if (notice instanceof SessionEvent.Dropped dropped) {
            Message message = dropped.message();
            tellOf(message.payload().length, listener -> listener.messageDropped(client, message));
        } else if (notice instanceof SessionEvent.Unwanted unwanted) {
            tell((listener, mine) -> listener.unsubscribedUnhandled(mine, unwanted.filter()));
        } else if (notice instanceof SessionEvent.Unroutable unroutable) {
            warn(
                    "messages for '" + unroutable.filter().text()
                            + "' may find no handler: their topic is probably what"
                            + " stands behind the prefix, and the broker doesn't say for which subscription it sends them;"
                            + " state the topics with TopicSubscription.matching, or use MQTT 5",
                    null);
        }
    }

    /** CONNACK was received: the log says so before it says anything of the messages behind it. Event loop only. */
    void logConnected(ConnectResult result) {
        toLog(line -> line.connected(client, result));
    }

    /** A connection is up. The listeners hear of it before this returns, as {@link #tellNow} says. */
    void connected(ConnectResult result) {
        if (listenerCalls == null) {
            return;
        }
        long connection = listenerCalls.nextConnection();
        tellNow((listener, mine) -> {
            connectedCall = new ConnectedCall(listener, connection, Thread.currentThread());
            try {
                listener.connected(mine, result);
            } finally {
                connectedCall = null;
            }
        });
    }

    /** A call of {@link ClientListener#connected} that goes on. */
    record ConnectedCall(ClientListener listener, long connection, Thread thread) {}

    /** The call in which the calling thread is; null: none. */
    @Nullable
    ConnectedCall connectedCall() {
        ConnectedCall call = connectedCall;
        return call != null && call.thread == Thread.currentThread() ? call : null;
    }

    void messageFailed(Message message, Throwable failure, FailurePolicy.Outcome outcome) {
        tellOf(message.payload().length, listener -> listener.messageFailed(client, message, failure, outcome));
    }

    void handlerFailed(Message message, Throwable failure) {
        tellOf(message.payload().length, listener -> listener.handlerFailed(client, message, failure));
    }

    void messageRejected(Message message, ReasonCode reason) {
        if (hooks != null) {
            hooks.messageRejected(message, reason);
        }
    }

    void publishSent(Message message, boolean again) {
        if (hooks != null) {
            hooks.publishSent(message, again);
        }
    }

    void queueFull(int messages, long bytes) {
        JfrEvents.queueFull(client.clientId(), messages, bytes);
        tell((listener, mine) -> listener.queueFull(mine, messages, bytes));
    }

    void queueHasRoom() {
        tell((listener, mine) -> listener.queueHasRoom(mine));
    }

    void readingPaused(int messages, long bytes) {
        tellOf(0, listener -> listener.readingPaused(client, messages, bytes));
    }

    void readingResumed(Duration paused) {
        tellOf(0, listener -> listener.readingResumed(client, paused));
    }

    void storeForced(long nanos) {
        JfrEvents.storeForced(client.clientId(), nanos);
        if (hooks != null) {
            hooks.storeForced(nanos);
        }
    }

    void storeFailed(IOException failure) {
        tell((listener, mine) -> listener.storeFailed(mine, failure));
    }
}
