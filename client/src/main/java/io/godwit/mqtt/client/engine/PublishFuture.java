package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.client.PublishException;
import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.client.session.Failure;
import io.godwit.mqtt.client.session.Outcome;
import io.godwit.mqtt.client.session.PublishExchange;
import io.godwit.mqtt.protocol.Message;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The future of a publish. It ends exactly once: with a {@link PublishResult} when the broker has acknowledged it (QoS 0:
 * when it was given to the connection), with a {@link PublishException} or another {@link MqttException} otherwise.
 */
class PublishFuture extends PublishExchange<PublishResult> {
    /** What all publishes of a client share; one reference keeps a publish small. */
    record Support(
            JoinWaiters joins, Notifier notifier, Supplier<GuardedSession> session, Supplier<QueuePressure> pressure) {
        /** A publish that was accepted has failed, for the first time that this is called. */
        void failed(Message message, MqttException failure) {
            notifier.publishFailed(message, failure);
            if (failure instanceof PublishException publish && publish.kind() == PublishException.Cause.DROPPED) {
                pressure.get().full();
            }
        }
    }

    private final Support support;

    PublishFuture(Support support, Message message, boolean waited) {
        super(message, waited);
        this.support = support;
    }

    // ---- who waits for it ----

    @Override
    public PublishResult join() {
        support.joins.await(this, null);
        return super.join();
    }

    @Override
    public PublishResult get() throws InterruptedException, ExecutionException {
        support.joins.await(this, null);
        return super.get();
    }

    @Override
    public PublishResult get(long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        long deadline = System.nanoTime() + unit.toNanos(timeout);
        support.joins.await(this, deadline);
        return super.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    // ---- ends that are not the session's, such as orTimeout: they wake who waits ----

    @Override
    public boolean complete(PublishResult value) {
        boolean first = super.complete(value);
        support.joins.wake();
        return first;
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        boolean first = super.completeExceptionally(failure);
        support.joins.wake();
        return first;
    }

    /** Takes the message out of the queue. False if it is not there any more: then the future ends as the broker answers. */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        if (isDone()) {
            return isCancelled();
        }
        boolean withdrawn = support.session.get().call(locked -> locked.withdraw(this));
        if (withdrawn) {
            cancelling();
            super.cancel(mayInterruptIfRunning);
            support.joins.wake();
        }
        return withdrawn;
    }

    // ---- the session's end: who waits has been woken already ----

    @Override
    protected void finish(Outcome result) {
        MqttException failure = result == Outcome.SUCCESS ? null : PublishOutcomes.failure(message(), result);
        if (failure == null) {
            PublishResult success = PublishOutcomes.result(result);
            ending(success, null);
            super.complete(success);
        } else if (PublishOutcomes.isCancelled(result)) {
            cancelling();
            super.cancel(false);
        } else {
            failed(failure);
        }
    }

    /** Called before the future is completed, perhaps more than once, with one of the two. */
    void ending(@Nullable PublishResult result, @Nullable MqttException failure) {}

    /** The same when the application has taken it out of the queue. */
    void cancelling() {}

    private void failed(MqttException failure) {
        ending(null, failure);
        boolean first = super.completeExceptionally(failure);
        if (first || isCancelled() && isFirstNotified()) {
            support.failed(message(), failure);
        }
    }

    /** The client does not accept it. */
    void refused(@Nullable Failure failure) {
        if (failure != null) {
            super.completeExceptionally(Failures.ofPublish(failure));
        }
    }
}
