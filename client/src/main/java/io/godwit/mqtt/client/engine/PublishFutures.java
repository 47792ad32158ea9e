package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.protocol.Message;

/** Makes the futures of publishes: observed ones if somebody listens to messages. */
final class PublishFutures {
    private PublishFutures() {}

    static PublishFuture of(PublishFuture.Support support, Message message, boolean waited) {
        MessageHooks hooks = support.notifier().hooks();
        return hooks == null
                ? new PublishFuture(support, message, waited)
                : new ObservedPublishFuture(support, hooks, message, waited);
    }
}
