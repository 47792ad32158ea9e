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
 * Records what a broker has seen and lets other threads wait for it. Keeps the latest messages, violations and CONNECT
 * packets up to a limit, so that a long run doesn't fill the memory. Give it to a
 * {@link io.godwit.mqtt.broker.LocalBroker} as its listener; a {@link TestBroker} has one. Thread-safe.
 */
public final class BrokerJournal implements BrokerListener {
    /** How many entries of each kind are kept by default. */
    static final int DEFAULT_LIMIT = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final int limit;
    private final BrokerListener next;

    // Guarded by the lock.
    private final ArrayDeque<SeenMessage> messages = new ArrayDeque<>();
    private final ArrayDeque<Connect> connects = new ArrayDeque<>();
    private final ArrayDeque<String> violations = new ArrayDeque<>();
    private final ArrayDeque<String> dropped = new ArrayDeque<>();
    private final Set<String> connected = new LinkedHashSet<>();
    private final Map<String, Set<String>> filters = new LinkedHashMap<>();
    private boolean waiters;

    /** Keeps the latest 10,000 entries of each kind. */
    public BrokerJournal() {
        this(DEFAULT_LIMIT, BrokerListener.NONE);
    }

    /** Keeps the latest {@code limit} entries of each kind (0: none) and passes each event on to {@code next}. */
    public BrokerJournal(int limit, BrokerListener next) {
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

    /** The messages that the broker has accepted, wills included, oldest first. */
    public List<SeenMessage> messages() {
        return copy(messages);
    }

    /** The CONNECT packets of the clients that were accepted, oldest first. */
    public List<Connect> connects() {
        return copy(connects);
    }

    /** Violations of the standard by clients; empty if there were none. */
    public List<String> violations() {
        return copy(violations);
    }

    /** Messages that could not be delivered to a session, with the reason. */
    public List<String> dropped() {
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

    /** Clears the record. */
    public void forget() {
        note(() -> {
            messages.clear();
            connects.clear();
            violations.clear();
            dropped.clear();
        });
    }

    /** The broker loses its sessions: {@link #awaitSubscribed} is to wait for new subscriptions. */
    void forgetSubscriptions() {
        note(filters::clear);
    }

    /** Waits until a client is connected; throws an AssertionError after the timeout. */
    public void awaitConnected(String clientId, Duration timeout) {
        await(
                () -> connected.contains(clientId) ? Boolean.TRUE : null,
                timeout,
                () -> "client '" + clientId + "' to connect; connected are " + connected);
    }

    /** Waits until a client is not connected; throws an AssertionError after the timeout. */
    public void awaitDisconnected(String clientId, Duration timeout) {
        await(
                () -> connected.contains(clientId) ? null : Boolean.TRUE,
                timeout,
                () -> "client '" + clientId + "' to disconnect; connected are " + connected);
    }

    /** Waits until a client has subscribed to a filter; throws an AssertionError after the timeout. */
    public void awaitSubscribed(String clientId, String filter, Duration timeout) {
        await(
                () -> filters.getOrDefault(clientId, Set.of()).contains(filter) ? Boolean.TRUE : null,
                timeout,
                () -> "client '" + clientId + "' to subscribe to '" + filter + "'; subscriptions are " + filters);
    }

    /** Waits for a message, past or future; throws an AssertionError that lists the messages seen. */
    public SeenMessage awaitMessage(Predicate<SeenMessage> condition, Duration timeout) {
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

    /** Waits until at least this many messages are recorded, and returns all of them. */
    public List<SeenMessage> awaitMessages(int count, Duration timeout) {
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
