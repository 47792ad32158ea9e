package io.godwit.mqtt.broker;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Pubrel;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one session on their way to its client: those that wait, those in flight, and those of QoS 2 that have
 * been released. Survives connections, and sends again what was not acknowledged when a new one begins
 * [MQTT-4.4.0-1], in the order of the first time [MQTT-4.6.0-1].
 */
final class OutboundQueue {
    /** Part of the session's state. */
    private final ArrayDeque<QueuedMessage> waiting = new ArrayDeque<>();

    private final Map<Integer, QueuedMessage> published = new LinkedHashMap<>();
    private final Set<Integer> released = new LinkedHashSet<>();
    private int lastId;

    private final MemoryBudget memory;
    /** Of the messages in {@link #waiting} and {@link #published}. */
    private long bytes;

    /** Of the present connection: what has to be sent again, and what was sent and counts against its receive maximum. */
    private final ArrayDeque<Integer> again = new ArrayDeque<>();

    private final Set<Integer> counted = new HashSet<>();

    /** How many messages wait, not counting those in flight. */
    int waiting() {
        return waiting.size();
    }

    /** How many messages of QoS 1 and 2 are in flight. */
    int inFlight() {
        return published.size() + released.size();
    }

    OutboundQueue(MemoryBudget memory) {
        this.memory = memory;
    }

    void add(QueuedMessage message) {
        waiting.add(message);
        account(MemoryBudget.size(message.message()));
    }

    private void account(long change) {
        bytes += change;
        memory.add(change);
    }

    private void done(@Nullable QueuedMessage message) {
        if (message != null) {
            account(-MemoryBudget.size(message.message()));
        }
    }

    /** The session has ended: its messages no longer count. */
    void release() {
        account(-bytes);
    }

    /** Whether a message of QoS 0 need not wait its turn. */
    boolean isIdle() {
        return waiting.isEmpty() && again.isEmpty();
    }

    /** A new connection: everything unacknowledged goes out again. */
    void resume(BrokerLink link) {
        again.clear();
        counted.clear();
        again.addAll(published.keySet());
        for (int packetId : released) {
            link.send(new Pubrel(packetId, ReasonCode.SUCCESS, MqttProperties.NONE));
        }
    }

    /** Sends what the client's receive maximum and the connection allow. */
    void drain(BrokerLink link, int limit, long now, BiConsumer<Message, String> dropped) {
        while (link.isOpen() && link.isWritable()) {
            boolean quota = counted.size() < Math.min(limit, link.receiveMaximum) && inFlight() < 65_535;
            Integer repeated = again.peek();
            if (repeated != null) {
                QueuedMessage message = published.get(repeated);
                if (message != null && !quota) {
                    return;
                }
                again.remove();
                if (message != null) {
                    counted.add(repeated);
                    send(link, message, true, repeated, now, dropped);
                }
                continue;
            }
            QueuedMessage next = waiting.peek();
            if (next == null) {
                return;
            }
            boolean counts = next.message().qos() != Qos.AT_MOST_ONCE;
            if (next.expired(now)) {
                waiting.remove();
                done(next);
                dropped.accept(next.message(), "its expiry interval has passed");
            } else if (!counts) {
                waiting.remove();
                done(next);
                send(link, next, false, 0, now, dropped);
            } else if (quota && inFlight() < limit) {
                waiting.remove();
                int packetId = freeId();
                published.put(packetId, next);
                counted.add(packetId);
                send(link, next, false, packetId, now, dropped);
            } else {
                return;
            }
        }
    }

    private void send(
            BrokerLink link,
            QueuedMessage message,
            boolean dup,
            int id,
            long now,
            BiConsumer<Message, String> dropped) {
        if (!link.publish(message.sentAt(now), dup, id)) {
            done(published.remove(id));
            counted.remove(id);
            dropped.accept(message.message(), "it is larger than the client's maximum packet size");
        }
    }

    private int freeId() {
        do {
            lastId = lastId == 65_535 ? 1 : lastId + 1;
        } while (published.containsKey(lastId) || released.contains(lastId));
        return lastId;
    }

    /** PUBACK; false when no publish of QoS 1 has this identifier. */
    boolean acknowledged(int packetId) {
        return finish(packetId, Qos.AT_LEAST_ONCE);
    }

    /** PUBREC with success; false when no publish of QoS 2 has this identifier, released or not. */
    boolean received(int packetId) {
        QueuedMessage message = published.get(packetId);
        if (message == null || message.message().qos() != Qos.EXACTLY_ONCE) {
            return released.contains(packetId);
        }
        done(published.remove(packetId));
        released.add(packetId);
        return true;
    }

    /** PUBREC with an error, which ends the publish; false when no publish of QoS 2 has this identifier. */
    boolean refused(int packetId) {
        return finish(packetId, Qos.EXACTLY_ONCE);
    }

    private boolean finish(int packetId, Qos qos) {
        QueuedMessage message = published.get(packetId);
        if (message == null || message.message().qos() != qos) {
            return false;
        }
        done(published.remove(packetId));
        counted.remove(packetId);
        return true;
    }

    /** PUBCOMP; false when nothing with this identifier was released. */
    boolean completed(int packetId) {
        counted.remove(packetId);
        return released.remove(packetId);
    }

    /** The oldest message that waits, or null. */
    @Nullable
    QueuedMessage first() {
        return waiting.peek();
    }

    /** All messages that have not reached the client, in order. */
    List<Message> pending() {
        List<Message> messages = new ArrayList<>();
        published.values().forEach(message -> messages.add(message.message()));
        waiting.forEach(message -> messages.add(message.message()));
        return messages;
    }

    OutboundQueue copy(MemoryBudget budget) {
        OutboundQueue copy = new OutboundQueue(budget);
        copy.waiting.addAll(waiting);
        copy.published.putAll(published);
        copy.released.addAll(released);
        copy.lastId = lastId;
        copy.account(bytes);
        return copy;
    }
}
