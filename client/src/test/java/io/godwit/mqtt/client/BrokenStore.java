package io.godwit.mqtt.client;

import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.store.SessionStore;
import io.godwit.mqtt.client.store.StoredSession;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.io.IOException;
import java.util.function.Consumer;

/** A store whose disk is full. */
final class BrokenStore implements SessionStore, SessionLog {
    private long position;

    @Override
    public SessionLog open(String clientId) {
        return this;
    }

    @Override
    public StoredSession recovered() {
        return StoredSession.EMPTY;
    }

    @Override
    public void accepted(long sequence, Message message, long expiresAt) {
        position++;
    }

    @Override
    public void sent(long sequence, int packetId) {
        position++;
    }

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
        return position;
    }

    @Override
    public long forced() {
        return 0;
    }

    @Override
    public void force(long upTo, Runnable done, Consumer<IOException> failed) {
        failed.accept(new IOException("disk full"));
    }

    @Override
    public void close() throws IOException {
        throw new IOException("disk full");
    }
}
