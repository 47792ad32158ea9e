package io.godwit.spring;

import io.godwit.mqtt.client.ClientListener;
import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.SubscribeException;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/** Notices when clients that connect again have their earlier subscriptions: kept by the broker, or granted again. Thread-safe. */
final class RestoredSubscriptions implements ClientListener {
    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by the lock.
    private final Map<MqttClient, Expected> expected = new HashMap<>();

    private static final class Expected {
        final Set<TopicFilter> all;
        final Set<TopicFilter> missing = new HashSet<>();
        final CompletableFuture<Void> restored = new CompletableFuture<>();

        Expected(Collection<TopicFilter> filters) {
            all = Set.copyOf(filters);
        }
    }

    /**
     * Call it before the client connects.
     *
     * @return completes when the client has these subscriptions; fails if the broker refuses one of them
     */
    CompletableFuture<Void> expect(MqttClient client, Collection<TopicFilter> filters) {
        Expected now = new Expected(filters);
        lock.lock();
        try {
            expected.put(client, now);
        } finally {
            lock.unlock();
        }
        return now.restored;
    }

    @Override
    public void connected(MqttClient client, ConnectResult result) {
        lock.lock();
        try {
            Expected now = expected.get(client);
            if (now == null) {
                return;
            }
            now.missing.clear();
            if (!result.sessionPresent()) {
                now.missing.addAll(now.all);
            }
            endIfComplete(client, now);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void resubscribed(MqttClient client, TopicSubscription subscription, ReasonCode reason) {
        lock.lock();
        try {
            Expected now = expected.get(client);
            if (now == null || !now.missing.remove(subscription.filter())) {
                return;
            }
            if (reason.isError()) {
                expected.remove(client);
                now.restored.completeExceptionally(refused(subscription.filter(), reason));
            } else {
                endIfComplete(client, now);
            }
        } finally {
            lock.unlock();
        }
    }

    private void endIfComplete(MqttClient client, Expected now) {
        if (now.missing.isEmpty()) {
            expected.remove(client);
            now.restored.complete(null);
        }
    }

    static SubscribeException refused(TopicFilter filter, ReasonCode reason) {
        return new SubscribeException(
                "the broker refused the subscription to '" + filter + "': " + reason.describe(),
                List.of(filter),
                List.of(reason));
    }
}
