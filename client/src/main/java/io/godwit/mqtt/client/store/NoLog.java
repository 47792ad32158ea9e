package io.godwit.mqtt.client.store;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.io.IOException;
import java.util.function.Consumer;

/** The log of a session that lives as long as its client: the client's own tables are all there is. */
final class NoLog implements SessionLog {
    @Override
    public StoredSession recovered() {
        return StoredSession.EMPTY;
    }

    @Override
    public void accepted(long sequence, Message message, long expiresAt) {}

    @Override
    public void sent(long sequence, int packetId) {}

    @Override
    public void released(long sequence) {}

    @Override
    public void abandoned(long sequence) {}

    @Override
    public void ended(long sequence) {}

    @Override
    public void received(int packetId) {}

    @Override
    public void completed(int packetId) {}

    @Override
    public void subscribed(TopicSubscription subscription, MqttProperties properties) {}

    @Override
    public void unsubscribed(TopicFilter filter) {}

    @Override
    public void cleared() {}

    @Override
    public long position() {
        return 0;
    }

    @Override
    public long forced() {
        return 0;
    }

    @Override
    public void force(long position, Runnable done, Consumer<IOException> failed) {
        done.run();
    }

    @Override
    public void close() {}
}
