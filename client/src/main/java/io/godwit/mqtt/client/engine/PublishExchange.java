package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.ClientClosedException;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.client.MqttStoreException;
import io.godwit.mqtt.client.NotConnectedException;
import io.godwit.mqtt.client.PublishException;
import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.client.session.Exchange;
import io.godwit.mqtt.client.session.Failure;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Puback;
import io.godwit.mqtt.protocol.Pubcomp;
import io.godwit.mqtt.protocol.Pubrec;
import io.godwit.mqtt.protocol.ReasonCode;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A publish under way: the future that the application has. It ends exactly once: with a {@link PublishResult} when the
 * broker has acknowledged it (QoS 0: when it was given to the connection), with a {@link PublishException} or another
 * {@link MqttException} otherwise.
 */
final class PublishExchange extends Exchange<PublishResult> {
    private final ClientCore core;

    PublishExchange(ClientCore core, Message message, boolean waited) {
        super(message, waited);
        this.core = core;
    }

    // ---- who waits for it ----

    @Override
    public PublishResult join() {
        await(null);
        return super.join();
    }

    @Override
    public PublishResult get() throws InterruptedException, ExecutionException {
        await(null);
        return super.get();
    }

    @Override
    public PublishResult get(long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        long deadline = System.nanoTime() + unit.toNanos(timeout);
        await(deadline);
        return super.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    /** A handler that waits lets the connection be read: the acknowledgement may stand behind messages for it. */
    private void await(@Nullable Long deadline) {
        if (isWaited() || isDone()) {
            return;
        }
        if (!hasEnded()) {
            core.refuseOnLoop();
        }
        boolean inHandler = core.delivery().blocks();
        try {
            core.joins().await(this, deadline);
        } finally {
            core.delivery().goesOn(inHandler);
        }
    }

    // ---- ends that are not the session's, such as orTimeout: they wake who waits ----

    @Override
    public boolean complete(PublishResult value) {
        boolean first = super.complete(value);
        core.joins().wake();
        return first;
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        boolean first = super.completeExceptionally(failure);
        core.joins().wake();
        return first;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean first = super.cancel(mayInterruptIfRunning);
        core.joins().wake();
        return first;
    }

    // ---- the session's end: who waits has been woken already ----

    @Override
    protected void finish(@Nullable Object result) {
        if (result == null) {
            super.complete(PublishResult.SUCCESS);
        } else if (result instanceof Puback ack) {
            answered(ack.reason(), ack.properties());
        } else if (result instanceof Pubrec ack) {
            answered(ack.reason(), ack.properties());
        } else if (result instanceof Pubcomp ack) {
            answered(ack.reason(), ack.properties());
        } else {
            failed(exception((Failure) result));
        }
    }

    private void answered(ReasonCode reason, MqttProperties properties) {
        if (reason.isError()) {
            Message message = message();
            failed(new PublishException(
                    PublishException.Cause.REFUSED,
                    reason,
                    "the broker refused the message for '" + (message == null ? "" : message.topic()) + "': "
                            + Reasons.describe(reason, properties),
                    properties));
        } else {
            super.complete(
                    reason == ReasonCode.SUCCESS && properties.isEmpty()
                            ? PublishResult.SUCCESS
                            : new PublishResult(reason, properties));
        }
    }

    private void failed(MqttException failure) {
        boolean first = super.completeExceptionally(failure);
        Message message = message();
        if (message != null && (first || isCancelled() && isToldFirst())) {
            core.publishFailed(message, failure);
        }
    }

    static MqttException exception(Failure failure) {
        return switch (failure.kind()) {
            case NOT_CONNECTED -> new NotConnectedException(failure.text());
            case CLOSED -> new ClientClosedException(failure.text());
            case STORE -> new MqttStoreException(failure.text(), null);
            default ->
                new PublishException(
                        PublishException.Cause.valueOf(failure.kind().name()),
                        failure.reason(),
                        failure.text(),
                        failure.properties());
        };
    }
}
