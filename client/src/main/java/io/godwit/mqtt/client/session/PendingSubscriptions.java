package io.godwit.mqtt.client.session;

import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.codec.PacketCodec;
import io.godwit.mqtt.codec.ProtocolViolationException;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.Suback;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.mqtt.protocol.Unsuback;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Subscribes and unsubscribes that have not ended: sent when there is a connection, again on the next one if it broke, and
 * followed until the broker has answered (sections 3.8 to 3.11). Also subscribes for the session itself, when the broker
 * has lost the subscriptions.
 */
final class PendingSubscriptions {
    /** SUBSCRIBE packets that restore subscriptions have at most this many filters. */
    private static final int FILTERS_PER_PACKET = 32;

    // Set once.
    private final ProtocolVersion version;
    private final Outbox outbox;
    private final SessionLog log;
    private final InFlight inFlight;
    private final Subscriptions subscriptions;
    private final EndedExchanges ended;
    private final Queue<SessionEvent> events;

    // For the life of the session.
    /** Oldest first. */
    private final List<Exchange<?>> pending = new ArrayList<>(0);
    /** The broker has lost the subscriptions and not granted them again; also over a connection that breaks meanwhile. */
    private boolean unrestored;

    // Per connection.
    private ServerLimits limits = ServerLimits.NONE;
    private boolean connected;
    private boolean sent;

    PendingSubscriptions(
            ProtocolVersion version,
            Outbox outbox,
            SessionLog log,
            InFlight inFlight,
            Subscriptions subscriptions,
            EndedExchanges ended,
            Queue<SessionEvent> events) {
        this.version = version;
        this.outbox = outbox;
        this.log = log;
        this.inFlight = inFlight;
        this.subscriptions = subscriptions;
        this.ended = ended;
        this.events = events;
    }

    /** Whether any was sent on this connection. */
    boolean hasSent() {
        return sent;
    }

    /** Accepts a subscribe or unsubscribe, or says why not. */
    @Nullable
    Failure request(Exchange<?> exchange) {
        Failure refused = refusal(exchange);
        if (refused == null) {
            pending.add(exchange);
            if (connected) {
                send(exchange);
            }
        }
        return refused;
    }

    private @Nullable Failure refusal(Exchange<?> exchange) {
        if (exchange instanceof SubscribeExchange<?> subscribe) {
            for (TopicSubscription subscription : subscribe.subscriptions()) {
                Failure refused = limits.check(subscription);
                if (refused != null) {
                    return refused;
                }
            }
        }
        Packet packet = packet(exchange, 1);
        return limits.checkSize(PacketCodec.size(packet, version), packet.type().name());
    }

    private static Packet packet(Exchange<?> exchange, int identifier) {
        if (exchange instanceof SubscribeExchange<?> subscribe) {
            return subscribe.packet(identifier);
        }
        if (exchange instanceof UnsubscribeExchange<?> unsubscribe) {
            return unsubscribe.packet(identifier);
        }
        throw new IllegalStateException("neither a subscribe nor an unsubscribe");
    }

    private void send(Exchange<?> exchange) {
        Failure refused = inFlight.isFull()
                ? Failure.of(
                        Failure.Kind.QUEUE_FULL, ReasonCode.QUOTA_EXCEEDED, "all 65,535 packet identifiers are in use")
                : refusal(exchange);
        if (refused != null) {
            pending.remove(exchange);
            fail(exchange, refused);
            return;
        }
        sent = true;
        inFlight.add(exchange);
        exchange.state = Exchange.SENT;
        Packet packet = packet(exchange, exchange.packetId);
        PacketCodec.write(packet, version, outbox.room(PacketCodec.size(packet, version)));
    }

    /** A subscribe that fails takes its handlers with it. */
    private void fail(Exchange<?> exchange, Failure failure) {
        if (exchange instanceof SubscribeExchange<?> subscribe) {
            subscribe.handlers().forEach(subscriptions::removeHandler);
        }
        ended.add(exchange, failure);
    }

    // ---- the broker's answers ----

    void suback(Suback suback) {
        Exchange<?> exchange = inFlight.get(suback.packetId());
        if (exchange == null) {
            return;
        }
        if (!(exchange instanceof SubscribeExchange<?> subscribe)) {
            throw mismatch("SUBACK", suback.packetId());
        }
        List<TopicSubscription> asked = subscribe.subscriptions();
        if (asked.size() != suback.reasons().size()) {
            throw new ProtocolViolationException(
                    ReasonCode.PROTOCOL_ERROR,
                    2,
                    "[MQTT-3.8.4-6]",
                    "SUBACK has " + suback.reasons().size() + " reason codes for " + asked.size() + " topic filters");
        }
        for (int i = 0; i < asked.size(); i++) {
            answered(subscribe, i, suback.reasons().get(i));
        }
        ended(exchange, suback);
    }

    private void answered(SubscribeExchange<?> subscribe, int index, ReasonCode reason) {
        TopicSubscription subscription = subscribe.subscriptions().get(index);
        if (reason.isError()) {
            subscriptions.deactivate(subscription.filter());
            log.unsubscribed(subscription.filter());
            if (index < subscribe.handlers().size()) {
                subscriptions.removeHandler(subscribe.handlers().get(index));
            }
        } else {
            subscriptions.activate(subscription);
            log.subscribed(subscription);
        }
        if (subscribe instanceof Resubscribe) {
            events.add(new SessionEvent.Resubscribed(subscription, reason));
        }
    }

    void unsuback(Unsuback unsuback) {
        Exchange<?> exchange = inFlight.get(unsuback.packetId());
        if (exchange == null) {
            return;
        }
        if (!(exchange instanceof UnsubscribeExchange<?> unsubscribe)) {
            throw mismatch("UNSUBACK", unsuback.packetId());
        }
        for (TopicFilter filter : unsubscribe.filters()) {
            subscriptions.deactivate(filter);
            log.unsubscribed(filter);
        }
        if (unsuback.reasons().stream().noneMatch(ReasonCode::isError)) {
            removeHandlers(unsubscribe);
        }
        ended(exchange, unsuback);
    }

    private void removeHandlers(UnsubscribeExchange<?> unsubscribe) {
        List<? extends Handler> handlers = unsubscribe.handlers();
        if (handlers != null) {
            handlers.forEach(subscriptions::removeHandler);
        } else {
            unsubscribe.filters().forEach(subscriptions::removeHandlers);
        }
    }

    private void ended(Exchange<?> exchange, Packet answer) {
        inFlight.remove(exchange);
        pending.remove(exchange);
        if (exchange instanceof Resubscribe) {
            unrestored = pending.stream().anyMatch(Resubscribe.class::isInstance);
        }
        ended.add(exchange, new Outcome.Answer(answer));
    }

    private static ProtocolViolationException mismatch(String what, int packetId) {
        return new ProtocolViolationException(
                ReasonCode.PROTOCOL_ERROR,
                2,
                "[MQTT-3.8.4-2]",
                what + " for packet identifier " + packetId + ", which belongs to another kind of packet");
    }

    // ---- connections ----

    /** A connection is up: restores what the broker has lost, then sends what waits, since that is newer. */
    void connected(ServerLimits newLimits, boolean resumed) {
        limits = newLimits;
        connected = true;
        sent = false;
        List<Exchange<?>> waiting = List.copyOf(pending);
        unrestored |= !resumed;
        if (unrestored) {
            resubscribe();
        }
        waiting.forEach(this::send);
    }

    private void resubscribe() {
        List<TopicSubscription> lost = new ArrayList<>(subscriptions.active());
        unrestored = !lost.isEmpty();
        for (int from = 0; from < lost.size(); from += FILTERS_PER_PACKET) {
            Resubscribe again =
                    new Resubscribe(List.copyOf(lost.subList(from, Math.min(lost.size(), from + FILTERS_PER_PACKET))));
            pending.add(again);
            send(again);
        }
    }

    /** Nothing is sent any more, after DISCONNECT. */
    void stop() {
        connected = false;
    }

    /** The connection is gone: what was sent and not answered waits for the next one. */
    void disconnected() {
        connected = false;
        limits = ServerLimits.NONE;
        for (Exchange<?> exchange : pending) {
            if (exchange.state == Exchange.SENT) {
                inFlight.remove(exchange);
                exchange.packetId = 0;
                exchange.state = Exchange.QUEUED;
            }
        }
        pending.removeIf(exchange -> exchange instanceof Resubscribe);
    }

    /** Ends all that wait for a connection. */
    void end(Failure reason) {
        pending.forEach(exchange -> fail(exchange, reason));
        pending.clear();
    }

    /** A subscribe of the session's own. */
    private static final class Resubscribe extends SubscribeExchange<Suback> {
        Resubscribe(List<TopicSubscription> lost) {
            super(lost, MqttProperties.NONE, List.of(), true);
        }

        @Override
        protected void finish(Outcome result) {}
    }
}
