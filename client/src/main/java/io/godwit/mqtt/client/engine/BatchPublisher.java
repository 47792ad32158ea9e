package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.MqttInterruptedException;
import io.godwit.mqtt.client.MqttTimeoutException;
import io.godwit.mqtt.client.PublishBatchResult;
import io.godwit.mqtt.client.session.Failure;
import io.godwit.mqtt.client.store.QueueBounds.WhenFull;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Qos;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Publishes lists of messages. A list is checked as a whole, then given to the session in chunks: the session's lock is taken, and
 * the event loop woken, once for each of them. Any thread.
 */
final class BatchPublisher {
    /**
     * Messages for which the lock is held at a time. The event loop needs the lock too, to send what is there and to read what has
     * come.
     */
    private static final int CHUNK = 32;

    // Set once.
    private final GuardedSession session;
    private final PublishFuture.Support support;
    private final Publisher publisher;
    private final BlockingCalls blocking;
    private final EventLoop loop;
    private final Runnable expiryQueued;
    private final boolean waitWhenFull;
    private final QueuePressure pressure;
    private final @Nullable MessageHooks hooks;

    /** @param expiryQueued called on the event loop when a message that expires may be waiting */
    BatchPublisher(
            GuardedSession session,
            PublishFuture.Support support,
            Publisher publisher,
            BlockingCalls blocking,
            ClientConfig config,
            QueuePressure pressure,
            Runnable expiryQueued) {
        this.session = session;
        this.support = support;
        this.publisher = publisher;
        this.blocking = blocking;
        this.loop = config.loop();
        this.expiryQueued = expiryQueued;
        this.waitWhenFull = config.session().queue().whenFull() == WhenFull.WAIT;
        this.pressure = pressure;
        this.hooks = support.notifier().hooks();
    }

    PublishBatch publishAsync(List<Message> given) {
        Message[] messages = prepared(given);
        PublishBatch batch = new PublishBatch(support, messages.length, false);
        Failure refused = accept(batch, messages, false);
        if (refused != null) {
            batch.refused(refused);
        }
        return batch;
    }

    PublishBatchResult publish(List<Message> given) {
        Message[] messages = prepared(given);
        PublishBatch batch = new PublishBatch(support, messages.length, true);
        Failure refused = accept(batch, messages, waitWhenFull);
        if (refused != null) {
            throw Failures.ofPublish(refused);
        }
        return blocking.await(batch, () -> "the acknowledgements of a batch of " + messages.length + " messages");
    }

    // ---- before any is accepted ----

    /** The messages as they are sent, if all of them can be. */
    private Message[] prepared(List<Message> given) {
        Message[] messages = given.toArray(new Message[0]);
        for (int i = 0; i < messages.length; i++) {
            try {
                messages[i] = publisher.checked(messages[i]);
            } catch (NullPointerException | IllegalArgumentException invalid) {
                throw invalid(i, invalid);
            }
        }
        observe(messages);
        check(messages);
        return messages;
    }

    /** What the listeners make of the messages. */
    private void observe(Message[] messages) {
        for (int i = 0; hooks != null && i < messages.length; i++) {
            Message changed = hooks.publishing(messages[i]);
            try {
                messages[i] = changed == messages[i] ? changed : publisher.checked(changed);
            } catch (IllegalArgumentException invalid) {
                messages[i] = changed;
                throw refused(messages, 0, i + 1, invalid(i, invalid));
            }
        }
    }

    /** Whether each of the messages fits into a packet. */
    private void check(Message[] messages) {
        for (int from = 0; from < messages.length; from += CHUNK) {
            int begin = from;
            int end = Math.min(messages.length, from + CHUNK);
            int[] at = {begin};
            try {
                session.run(locked -> {
                    for (; at[0] < end; at[0]++) {
                        locked.check(messages[at[0]]);
                    }
                });
            } catch (IllegalArgumentException invalid) {
                throw refused(messages, 0, messages.length, invalid(at[0], invalid));
            }
        }
    }

    private static IllegalArgumentException invalid(int index, RuntimeException cause) {
        String what = cause instanceof NullPointerException ? "it is null" : cause.getMessage();
        return new IllegalArgumentException("messages[" + index + "] cannot be published, so none is: " + what, cause);
    }

    // ---- accepting ----

    /** Offers a batch, waiting for room if that is asked for. Null: it is under way; else why none of it is accepted. */
    private @Nullable Failure accept(PublishBatch batch, Message[] messages, boolean wait) {
        if (messages.length == 0) {
            batch.empty();
            return null;
        }
        PublishBatch.Part[] parts = new PublishBatch.Part[messages.length];
        while (batch.offered() < parts.length) {
            Failure refused = offer(batch, messages, parts);
            if (refused != null && Publisher.isQueueFull(refused)) {
                pressure.full();
                if (wait) {
                    refused = untilAccepted(refused, batch, messages, parts);
                }
            }
            if (refused != null) {
                return refuseRest(batch, messages, parts, refused);
            }
        }
        return null;
    }

    /** Offers the next chunk. Null: it has got on; else why the next message is not accepted. */
    private @Nullable Failure offer(PublishBatch batch, Message[] messages, PublishBatch.Part[] parts) {
        int from = batch.offered();
        int end = Math.min(parts.length, from + CHUNK);
        boolean expires = false;
        for (int i = from; i < end; i++) {
            if (hooks != null || messages[i].qos() != Qos.AT_MOST_ONCE) {
                part(batch, messages, parts, i); // not while the lock is held
            }
            expires |= !messages[i].properties().isEmpty()
                    && messages[i].properties().has(Property.MESSAGE_EXPIRY_INTERVAL);
        }
        Failure refused = session.publish(
                batch, messages, i -> part(batch, messages, parts, i), end, expires ? loop.nanoTime() : 0);
        if (expires) {
            loop.execute(expiryQueued);
        }
        if (hooks != null) {
            tellOffered(parts, from, batch.offered());
        }
        return batch.offered() > from ? null : refused;
    }

    private static PublishBatch.Part part(
            PublishBatch batch, Message[] messages, PublishBatch.Part[] parts, int index) {
        PublishBatch.Part present = parts[index];
        if (present != null) {
            return present;
        }
        return parts[index] = new PublishBatch.Part(messages[index], batch, index);
    }

    private void tellOffered(PublishBatch.Part[] parts, int from, int end) {
        for (int i = from; hooks != null && i < end; i++) {
            Failure refusal = parts[i].refusal();
            if (refusal == null) {
                hooks.publishAccepted(parts[i].message());
            } else {
                hooks.publishRefused(parts[i].message(), Failures.ofPublish(refusal));
            }
        }
    }

    private @Nullable Failure untilAccepted(
            Failure full, PublishBatch batch, Message[] messages, PublishBatch.Part[] parts) {
        int next = batch.offered();
        try {
            return blocking.untilAccepted(full, parts[next].weight(), () -> offer(batch, messages, parts));
        } catch (MqttTimeoutException late) {
            throw refused(messages, next, parts.length, new MqttTimeoutException(late.getMessage() + soFar(batch)));
        } catch (MqttInterruptedException interrupted) {
            throw refused(messages, next, parts.length, interrupted);
        } catch (IllegalStateException onLoop) {
            throw refused(messages, next, parts.length, onLoop);
        }
    }

    private static String soFar(PublishBatch batch) {
        return "; the first " + batch.offered() + " of " + batch.size()
                + " messages of the batch are under way, the others are not";
    }

    /** Refuses the others. Returns why the whole batch is not accepted; null: some of it was, and it has a result. */
    private @Nullable Failure refuseRest(
            PublishBatch batch, Message[] messages, PublishBatch.Part[] parts, Failure reason) {
        int from = batch.offered();
        boolean whole = from == 0 && !Publisher.isQueueFull(reason);
        if (whole) {
            refused(messages, 0, messages.length, Failures.ofPublish(reason));
            return reason;
        }
        session.run(locked -> {
            for (int i = from; i < parts.length; i++) {
                locked.refuseNext(part(batch, messages, parts, i), reason);
            }
        });
        tellOffered(parts, from, parts.length);
        return null;
    }

    /** None of these is accepted. Returns the failure, to be thrown. */
    private <X extends RuntimeException> X refused(Message[] messages, int from, int end, X failure) {
        session.run(locked -> {
            for (int i = from; i < end; i++) {
                locked.counters().refused();
            }
        });
        for (int i = from; hooks != null && i < end; i++) {
            hooks.publishRefused(messages[i], failure);
        }
        return failure;
    }
}
