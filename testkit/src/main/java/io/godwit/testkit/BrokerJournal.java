package io.godwit.testkit;

import io.godwit.mqtt.broker.BrokerListener;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what a broker has seen, and lets other threads wait for it. Keeps the latest messages, violations and
 * CONNECT packets up to a limit, so that a long run does not fill the memory.
 */
final class BrokerJournal implements BrokerListener {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final int limit;
    private final BrokerListener next;

    // Guarded by lock.
    private final ArrayDeque<SeenMessage> messages = new ArrayDeque<>();
    private final ArrayDeque<Connect> connects = new ArrayDeque<>();
    private final ArrayDeque<String> violations = new ArrayDeque<>();
    private final ArrayDeque<String> dropped = new ArrayDeque<>();
    private final Set<String> connected = new LinkedHashSet<>();
    private final Map<String, Set<String>> filters = new LinkedHashMap<>();
    private boolean waiters;

    BrokerJournal(int limit, BrokerListener next) {
        this.limit = limit;
        this.next = next;
    }

    @Override
    public void connected(String clientId, Connect connect, boolean sessionPresent) {
        note(() -> {
            add(connects, connect);
            connected.add(clientId);
            if (!sessionPresent) {
                filters.remove(clientId);
            }
        });
        next.connected(clientId, connect, sessionPresent);
    }

    @Override
    public void disconnected(String clientId, String why) {
        note(() -> connected.remove(clientId));
        next.disconnected(clientId, why);
    }

    @Override
    public void published(@Nullable String clientId, Message message) {
        note(() -> add(messages, new SeenMessage(clientId, message)));
        next.published(clientId, message);
    }

    @Override
    public void subscribed(String clientId, TopicSubscription subscription) {
        note(() -> filters.computeIfAbsent(clientId, key -> new LinkedHashSet<>())
                .add(subscription.filter().text()));
        next.subscribed(clientId, subscription);
    }

    @Override
    public void unsubscribed(String clientId, String filter) {
        note(() -> filters.getOrDefault(clientId, new LinkedHashSet<>()).remove(filter));
        next.unsubscribed(clientId, filter);
    }

    @Override
    public void dropped(String clientId, Message message, String why) {
        note(() -> add(dropped, clientId + ": " + message + ": " + why));
        next.dropped(clientId, message, why);
    }

    @Override
    public void violation(String clientId, String what) {
        note(() -> add(violations, clientId + ": " + what));
        next.violation(clientId, what);
    }

    private <T> void add(ArrayDeque<T> queue, T entry) {
        if (limit == 0) {
            return;
        }
        if (queue.size() == limit) {
            queue.remove();
        }
        queue.add(entry);
    }

    private void note(Runnable change) {
        lock.lock();
        try {
            change.run();
            if (waiters) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    List<SeenMessage> messages() {
        return copy(messages);
    }

    List<Connect> connects() {
        return copy(connects);
    }

    List<String> violations() {
        return copy(violations);
    }

    List<String> dropped() {
        return copy(dropped);
    }

    private <T> List<T> copy(ArrayDeque<T> queue) {
        lock.lock();
        try {
            return new ArrayList<>(queue);
        } finally {
            lock.unlock();
        }
    }

    void forget() {
        note(() -> {
            messages.clear();
            connects.clear();
            violations.clear();
            dropped.clear();
        });
    }

    void awaitConnected(String clientId, Duration timeout) {
        await(
                () -> connected.contains(clientId) ? Boolean.TRUE : null,
                timeout,
                () -> "client '" + clientId + "' to connect; connected are " + connected);
    }

    void awaitDisconnected(String clientId, Duration timeout) {
        await(
                () -> connected.contains(clientId) ? null : Boolean.TRUE,
                timeout,
                () -> "client '" + clientId + "' to disconnect; connected are " + connected);
    }

    void awaitSubscribed(String clientId, String filter, Duration timeout) {
        await(
                () -> filters.getOrDefault(clientId, Set.of()).contains(filter) ? Boolean.TRUE : null,
                timeout,
                () -> "client '" + clientId + "' to subscribe to '" + filter + "'; subscriptions are " + filters);
    }

    SeenMessage awaitMessage(Predicate<SeenMessage> condition, Duration timeout) {
        return await(
                () -> {
                    for (SeenMessage message : messages) {
                        if (condition.test(message)) {
                            return message;
                        }
                    }
                    return null;
                },
                timeout,
                () -> "a message; seen were " + messages);
    }

    List<SeenMessage> awaitMessages(int count, Duration timeout) {
        return await(
                () -> messages.size() >= count ? List.copyOf(messages) : null,
                timeout,
                () -> count + " messages; seen were " + messages.size());
    }

    private <T> T await(Supplier<@Nullable T> condition, Duration timeout, Supplier<String> what) {
        long left = timeout.toNanos();
        lock.lock();
        try {
            waiters = true;
            while (true) {
                T found = condition.get();
                if (found != null) {
                    return found;
                }
                if (left <= 0) {
                    throw new AssertionError("waited " + timeout.toMillis() + " ms for " + what.get());
                }
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + what.get(), interrupted);
        } finally {
            lock.unlock();
        }
    }
}
