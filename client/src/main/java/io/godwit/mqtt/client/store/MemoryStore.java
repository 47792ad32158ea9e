package io.godwit.mqtt.client.store;

import io.godwit.mqtt.client.store.StoredSession.StoredPublish;
import io.godwit.mqtt.client.store.StoredSession.StoredSubscription;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Sessions in memory: what a client leaves when it is closed, the next one with its client identifier finds. */
final class MemoryStore implements SessionStore {
    private final Map<String, Log> logs = new ConcurrentHashMap<>();

    @Override
    public SessionLog open(String clientId) throws IOException {
        Log log = logs.computeIfAbsent(clientId, id -> new Log());
        if (!log.inUse.compareAndSet(false, true)) {
            throw new IOException("the session of client '" + clientId
                    + "' is in use: close the client that has it, or give this one another client identifier");
        }
        return log;
    }

    private static final class Log implements SessionLog {
        final AtomicBoolean inUse = new AtomicBoolean();

        // Under the lock of the session that has the log open.
        private final TreeMap<Long, StoredPublish> publishes = new TreeMap<>();
        private final TreeSet<Integer> received = new TreeSet<>();
        private final LinkedHashMap<TopicFilter, StoredSubscription> subscriptions = new LinkedHashMap<>();
        private long position;

        @Override
        public StoredSession recovered() {
            return new StoredSession(
                    List.copyOf(publishes.values()), List.copyOf(received), List.copyOf(subscriptions.values()));
        }

        @Override
        public void accepted(long sequence, Message message, long expiresAt) {
            publishes.put(sequence, new StoredPublish(sequence, message, expiresAt, 0, false, false));
            position++;
        }

        @Override
        public void sent(long sequence, int packetId) {
            publishes.computeIfPresent(
                    sequence, (s, p) -> new StoredPublish(s, p.message(), p.expiresAt(), packetId, false, false));
            position++;
        }

        @Override
        public void released(long sequence) {
            publishes.computeIfPresent(
                    sequence, (s, p) -> new StoredPublish(s, p.message(), p.expiresAt(), p.packetId(), true, false));
            position++;
        }

        @Override
        public void abandoned(long sequence) {
            publishes.computeIfPresent(
                    sequence, (s, p) -> new StoredPublish(s, p.message(), p.expiresAt(), p.packetId(), true, true));
            position++;
        }

        @Override
        public void ended(long sequence) {
            publishes.remove(sequence);
            position++;
        }

        @Override
        public void received(int packetId) {
            received.add(packetId);
            position++;
        }

        @Override
        public void completed(int packetId) {
            received.remove(packetId);
            position++;
        }

        @Override
        public void subscribed(TopicSubscription subscription, MqttProperties properties) {
            subscriptions.put(subscription.filter(), new StoredSubscription(subscription, properties));
            position++;
        }

        @Override
        public void unsubscribed(TopicFilter filter) {
            subscriptions.remove(filter);
            position++;
        }

        @Override
        public void cleared() {
            publishes.values().removeIf(publish -> publish.packetId() != 0);
            received.clear();
            subscriptions.clear();
            position++;
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public long forced() {
            return position;
        }

        @Override
        public void force(long upTo, Runnable done, Consumer<IOException> failed) {
            done.run();
        }

        @Override
        public void close() {
            inUse.set(false);
        }
    }
}
