package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.client.PublishException;
import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.client.session.Failure;
import io.godwit.mqtt.client.session.Outcome;
import io.godwit.mqtt.client.session.PublishExchange;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.Puback;
import io.godwit.mqtt.protocol.Pubcomp;
import io.godwit.mqtt.protocol.Pubrec;
import io.godwit.mqtt.protocol.ReasonCode;
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
            JoinWaiters joins, Notifier notifier, Supplier<GuardedSession> session, Supplier<QueuePressure> pressure) {}

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
        if (result instanceof Failure failure && failure.kind() == Failure.Kind.CANCELLED) {
            cancelling();
            super.cancel(false);
        } else if (result instanceof Failure failure) {
            failed(Failures.ofPublish(failure));
        } else if (result instanceof Outcome.Answer answer) {
            answered(answer.packet());
        } else {
            acknowledged(PublishResult.SUCCESS);
        }
    }

    private void acknowledged(PublishResult result) {
        ending(result, null);
        super.complete(result);
    }

    /** Called before the future is completed, perhaps more than once, with one of the two. */
    void ending(@Nullable PublishResult result, @Nullable MqttException failure) {}

    /** The same when the application has taken it out of the queue. */
    void cancelling() {}

    private void answered(Packet packet) {
        if (packet instanceof Puback ack) {
            answered(ack.reason(), ack.properties());
        } else if (packet instanceof Pubrec ack) {
            answered(ack.reason(), ack.properties());
        } else if (packet instanceof Pubcomp ack) {
            answered(ack.reason(), ack.properties());
        }
    }

    private void answered(ReasonCode reason, MqttProperties properties) {
        if (reason.isError()) {
            failed(new PublishException(
                    PublishException.Cause.REFUSED,
                    reason,
                    "the broker refused the message for '" + message().topic() + "': "
                            + Failures.describe(reason, properties),
                    properties));
        } else {
            acknowledged(
                    reason == ReasonCode.SUCCESS && properties.isEmpty()
                            ? PublishResult.SUCCESS
                            : new PublishResult(reason, properties));
        }
    }

    private void failed(MqttException failure) {
        ending(null, failure);
        boolean first = super.completeExceptionally(failure);
        if (first || isCancelled() && isFirstNotified()) {
            support.notifier.publishFailed(message(), failure);
            if (failure instanceof PublishException publish && publish.kind() == PublishException.Cause.DROPPED) {
                support.pressure.get().full();
            }
        }
    }

    /** The client does not accept it. */
    void refused(@Nullable Failure failure) {
        if (failure != null) {
            super.completeExceptionally(Failures.ofPublish(failure));
        }
    }
}
