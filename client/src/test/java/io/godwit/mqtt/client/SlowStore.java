package io.godwit.mqtt.client;

import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.store.SessionStore;
import io.godwit.mqtt.client.store.StoredSession;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A store that keeps nothing, and takes its time to say that what was noted is safe. */
final class SlowStore implements SessionStore, SessionLog {
    private final Executor later;
    private long position;
    private volatile long forced;

    SlowStore(Duration delay) {
        later = CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS);
    }

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
    public void released(long sequence) {
        position++;
    }

    @Override
    public void abandoned(long sequence) {
        position++;
    }

    @Override
    public void ended(long sequence) {
        position++;
    }

    @Override
    public void received(int packetId) {
        position++;
    }

    @Override
    public void completed(int packetId) {
        position++;
    }

    @Override
    public void subscribed(TopicSubscription subscription, MqttProperties properties) {
        position++;
    }

    @Override
    public void unsubscribed(TopicFilter filter) {
        position++;
    }

    @Override
    public void cleared() {
        position++;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public long forced() {
        return forced;
    }

    @Override
    public void force(long upTo, Runnable done, Consumer<IOException> failed) {
        later.execute(() -> {
            forced = Math.max(forced, upTo);
            done.run();
        });
    }

    @Override
    public void close() {}
}
