package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.client.PublishException;
import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ReasonCode;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A publish of a client that has {@link MessageHooks}, which hear how it ends before anybody else does. */
final class ObservedPublishFuture extends PublishFuture {
    // Set once.
    private final MessageHooks hooks;
    private final long publishedAt;

    /** Any thread. */
    private final AtomicBoolean told = new AtomicBoolean();

    ObservedPublishFuture(Support support, MessageHooks hooks, Message message, boolean waited) {
        super(support, message, waited);
        this.hooks = hooks;
        this.publishedAt = System.nanoTime();
    }

    @Override
    void cancelling() {
        ending(
                null,
                new PublishException(
                        PublishException.Cause.CANCELLED,
                        ReasonCode.UNSPECIFIED_ERROR,
                        "cancelled by the application",
                        MqttProperties.NONE));
    }

    @Override
    void ending(@Nullable PublishResult result, @Nullable MqttException failure) {
        if (!told.compareAndSet(false, true)) {
            return;
        }
        long nanos = System.nanoTime() - publishedAt;
        if (result != null) {
            hooks.publishAcknowledged(message(), result, nanos);
        } else if (failure != null) {
            hooks.publishFailed(message(), failure, nanos);
        }
    }
}
