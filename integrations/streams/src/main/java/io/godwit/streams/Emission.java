package io.godwit.streams;

import io.godwit.mqtt.client.Acknowledgement;
import io.godwit.mqtt.client.ManualHandler;
import io.godwit.mqtt.client.Subscription;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What one subscriber gets of a stream. At most one task emits at a time, so its calls never overlap. A message that the
 * subscriber will never get is rejected: left alone, it would hold back the acknowledgements of all messages of the client
 * that came after it [MQTT-4.6.0-2].
 */
abstract class Emission<T> implements Flow.Subscription, ManualHandler {
    // Set once.
    private final StreamSettings stream;
    private final Flow.Subscriber<? super T> subscriber;
    /** Completed at the end of the emission too, so that the client keeps nothing of it. */
    private final CompletableFuture<Void> clientClosed;

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final ArrayDeque<StreamedMessage> waiting = new ArrayDeque<>();
    private long requested;
    private boolean emitting;
    private boolean over;
    private @Nullable Throwable failure;
    private boolean completed;
    private @Nullable Subscription subscription;

    Emission(StreamSettings stream, Flow.Subscriber<? super T> subscriber) {
        this.stream = stream;
        this.subscriber = Objects.requireNonNull(subscriber, "subscriber");
        this.clientClosed = stream.client().closed();
    }

    /** Passes one message on. Emitting task only. */
    abstract void emit(Flow.Subscriber<? super T> to, StreamedMessage next);

    void start() {
        subscriber.onSubscribe(this);
        if (isOver()) {
            return;
        }
        clientClosed.whenComplete((nothing, ignored) -> complete());
        stream.client().subscribeAsync(stream.subscription(), this).whenComplete(this::subscribed);
    }

    private void subscribed(@Nullable Subscription made, @Nullable Throwable refused) {
        if (refused != null) {
            fail(refused);
            return;
        }
        lock.lock();
        try {
            if (!over) {
                subscription = made;
                return;
            }
        } finally {
            lock.unlock();
        }
        if (made != null) {
            made.closeAsync();
        }
    }

    // ---- the client's side ----

    @Override
    public void handle(Message message, Acknowledgement acknowledgement) {
        lock.lock();
        try {
            if (!over && (message.qos() != Qos.AT_MOST_ONCE || waiting.size() < stream.buffer())) {
                waiting.add(new StreamedMessage(message, acknowledgement));
                emitLater();
                return;
            }
        } finally {
            lock.unlock();
        }
        reject(acknowledgement);
        stream.dropped().accept(message);
    }

    /** Nobody will handle the message. Does nothing if it is acknowledged, or of QoS 0. */
    private static void reject(Acknowledgement acknowledgement) {
        acknowledgement.reject(ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR);
    }

    private void complete() {
        lock.lock();
        try {
            completed = true;
            emitLater();
        } finally {
            lock.unlock();
        }
    }

    private void fail(Throwable cause) {
        lock.lock();
        try {
            if (failure == null) {
                failure = cause;
            }
            emitLater();
        } finally {
            lock.unlock();
        }
    }

    // ---- the subscriber's side ----

    @Override
    public void request(long messages) {
        if (messages <= 0) {
            fail(new IllegalArgumentException("requested " + messages + " messages: must be more than 0 (rule 3.9)"));
            return;
        }
        lock.lock();
        try {
            requested = requested + messages < 0 ? Long.MAX_VALUE : requested + messages;
            emitLater();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void cancel() {
        Subscription made;
        List<StreamedMessage> left;
        lock.lock();
        try {
            over = true;
            // Those of a client that is closed come again with its session.
            left = completed ? List.of() : List.copyOf(waiting);
            waiting.clear();
            made = subscription;
            subscription = null;
        } finally {
            lock.unlock();
        }
        if (made != null) {
            made.closeAsync(); // first: else the broker would send more
        }
        clientClosed.complete(null);
        left.forEach(each -> reject(each.acknowledgement()));
        left.forEach(each -> stream.dropped().accept(each.message()));
    }

    private boolean isOver() {
        lock.lock();
        try {
            return over;
        } finally {
            lock.unlock();
        }
    }

    // ---- emitting ----

    /** Guarded by the lock. */
    private void emitLater() {
        if (emitting || !isDue()) {
            return;
        }
        emitting = true;
        try {
            stream.executor().execute(this::emitAll);
        } catch (RejectedExecutionException full) {
            StreamThreads.SHARED.execute(this::emitAll); // a message must not be lost to an executor that has no room
        }
    }

    /** Guarded by the lock. */
    private boolean isDue() {
        return !over && (failure != null || completed || requested > 0 && !waiting.isEmpty());
    }

    private void emitAll() {
        for (StreamedMessage next = next(); next != null; next = next()) {
            try {
                emit(subscriber, next);
            } catch (Throwable thrown) {
                reject(next.acknowledgement());
                cancel(); // rule 2.13: a subscriber that throws counts as cancelled
                throw thrown;
            }
        }
    }

    /** The next message to emit; null when there is none, after telling the end if that has come. */
    private @Nullable StreamedMessage next() {
        Throwable cause;
        lock.lock();
        try {
            if (!isDue()) {
                emitting = false;
                return null;
            }
            cause = failure;
            if (cause == null && requested > 0 && !waiting.isEmpty()) {
                if (requested != Long.MAX_VALUE) {
                    requested--;
                }
                return waiting.remove();
            }
            if (cause == null && !completed) {
                emitting = false;
                return null;
            }
        } finally {
            lock.unlock();
        }
        cancel();
        if (cause != null) {
            subscriber.onError(cause);
        } else {
            subscriber.onComplete();
        }
        return null;
    }
}
