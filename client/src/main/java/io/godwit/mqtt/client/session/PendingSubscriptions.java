package io.godwit.mqtt.client.session;

import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.store.StoredSession.StoredSubscription;
import io.godwit.mqtt.codec.PacketCodec;
import io.godwit.mqtt.codec.ProtocolViolationException;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.Suback;
import io.godwit.mqtt.protocol.Subscribe;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.mqtt.protocol.Unsuback;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Subscribes and unsubscribes that have not ended: sent when there is a connection, again on the next one if it broke, and
 * followed until the broker has answered (sections 3.8 to 3.11). Also subscribes for the session itself when the broker
 * has lost subscriptions: as they were granted, in the same groups, at most {@value #FILTERS_PER_PACKET} filters in a
 * packet. What a broker refuses, or its limits forbid, is reported and affects no other filter.
 */
final class PendingSubscriptions {
    /** AWS IoT, for one, ends the connection for more. */
    private static final int FILTERS_PER_PACKET = 8;

    /** At most this many filters without handlers are unsubscribed on one connection. */
    private static final int MOST_UNWANTED = 1_000;

    /** Prefixes with which brokers give a filter a meaning of their own: messages come with the topic behind it. */
    private static final List<String> BROKER_PREFIXES =
            List.of("$queue/", "$exclusive/", "$q/", "$SharedSubscription/", "$oshare/");

    // Set once.
    private final ProtocolVersion version;
    private final Outbox outbox;
    private final SessionLog log;
    private final InFlight inFlight;
    private final Subscriptions subscriptions;
    private final EndedExchanges ended;
    private final SessionEvents events;
    private final Outgoing outgoing;

    // For the life of the session.
    /** Oldest first. */
    private Set<Exchange<?>> pending = Collections.emptySet();
    /** What the broker has lost and not granted again; also over a connection that breaks meanwhile. */
    private Set<TopicFilter> lost = Collections.emptySet();
    /** How often the broker has ended the connection over a filter that was to be restored. */
    private Map<TopicFilter, Integer> disconnects = Collections.emptyMap();

    private int groups;

    /** What was unsubscribed on this connection because nobody handles it. */
    private Set<TopicFilter> unwanted = Collections.emptySet();

    // Per connection.
    private ServerLimits limits = ServerLimits.NONE;
    private boolean connected;
    private boolean sent;
    /** How many of the pending wait for a packet identifier, or for the answer to the one before. */
    private int unsent;
    /** Whether only one packet may be unanswered at a time. */
    private boolean oneByOne;

    PendingSubscriptions(
            ProtocolVersion version,
            Outbox outbox,
            SessionLog log,
            InFlight inFlight,
            Subscriptions subscriptions,
            EndedExchanges ended,
            SessionEvents events,
            Outgoing outgoing) {
        this.version = version;
        this.outbox = outbox;
        this.log = log;
        this.inFlight = inFlight;
        this.subscriptions = subscriptions;
        this.ended = ended;
        this.events = events;
        this.outgoing = outgoing;
    }

    /** Brings back a subscription that a log has kept. */
    void restore(StoredSubscription stored) {
        subscriptions.activate(
                new GrantedSubscription(stored.subscription(), stored.properties(), ++groups),
                stored.properties().getOr(Property.SUBSCRIPTION_IDENTIFIER, SubscriptionIdentifiers.NONE));
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
            pending = OnDemand.own(pending);
            pending.add(exchange);
            if (connected && unsent == 0 && hasRoom()) {
                send(exchange);
            } else {
                exchange.state = Exchange.QUEUED;
                unsent++;
            }
        }
        return refused;
    }

    private @Nullable Failure refusal(Exchange<?> exchange) {
        if (exchange instanceof SubscribeExchange<?> subscribe) {
            for (TopicSubscription subscription : subscribe.subscriptions()) {
                Failure refused = limits.check(subscription, subscribe.properties());
                if (refused != null) {
                    return refused;
                }
            }
        }
        Packet packet = packet(exchange, 1);
        return limits.checkSize(PacketCodec.size(packet, version), packet.type().name());
    }

    private static Packet packet(Exchange<?> exchange, int packetId) {
        if (exchange instanceof SubscribeExchange<?> subscribe) {
            return subscribe.packet(packetId, subscribe.identifier);
        }
        if (exchange instanceof UnsubscribeExchange<?> unsubscribe) {
            return unsubscribe.packet(packetId);
        }
        throw new IllegalStateException("neither a subscribe nor an unsubscribe");
    }

    /** Takes back what was never sent. Returns whether that was so. */
    boolean withdraw(SubscribeExchange<?> exchange) {
        if (exchange.wasSent || exchange.state != Exchange.QUEUED || !pending.remove(exchange)) {
            return false;
        }
        unsent--;
        return true;
    }

    /** Nobody handles the messages of a topic: unsubscribes from what brings them, once for each connection. */
    void unwanted(String topic) {
        List<TopicFilter> filters = new ArrayList<>();
        for (GrantedSubscription granted : subscriptions.active()) {
            TopicFilter filter = granted.subscription().filter();
            if (!subscriptions.hasHandlers(filter) && filter.matches(topic)) {
                filters.add(filter);
            }
        }
        if (filters.isEmpty()) {
            filters.add(TopicFilter.of(topic));
        }
        unwanted = OnDemand.own(unwanted);
        filters.removeIf(filter -> unwanted.size() >= MOST_UNWANTED || !unwanted.add(filter));
        if (!filters.isEmpty() && connected && request(new Unwanted(filters)) == null) {
            filters.forEach(filter -> events.add(new SessionEvent.Unwanted(filter)));
        }
    }

    /** Whether some wait for their turn on this connection. */
    boolean hasUnsent() {
        return connected && unsent > 0;
    }

    /** Sends what waits, oldest first, as far as that is possible now. */
    void sendUnsent() {
        if (!connected || unsent == 0) {
            return;
        }
        for (Exchange<?> exchange : List.copyOf(pending)) {
            if (exchange.state != Exchange.QUEUED) {
                continue;
            }
            if (!hasRoom()) {
                return;
            }
            unsent--;
            send(exchange);
        }
    }

    private boolean hasRoom() {
        return !inFlight.isFull() && !(oneByOne && outgoing.hasUnanswered());
    }

    private void send(Exchange<?> exchange) {
        chooseIdentifier(exchange);
        Failure refused = refusal(exchange);
        if (refused != null) {
            pending.remove(exchange);
            fail(exchange, refused);
            return;
        }
        sent = true;
        inFlight.add(exchange);
        exchange.state = Exchange.SENT;
        if (exchange instanceof SubscribeExchange<?> subscribe) {
            subscribe.wasSent = true;
            for (TopicSubscription subscription : subscribe.subscriptions()) {
                subscriptions.sent(subscription.filter(), subscribe.identifier);
                tellUnroutable(subscription.filter(), subscribe.identifier);
            }
        }
        Packet packet = packet(exchange, exchange.packetId);
        PacketCodec.write(packet, version, outbox.room(PacketCodec.size(packet, version)));
    }

    private void tellUnroutable(TopicFilter filter, int identifier) {
        if (identifier == SubscriptionIdentifiers.NONE
                && !filter.isMatchingOthers()
                && BROKER_PREFIXES.stream().anyMatch(filter.text()::startsWith)) {
            events.add(new SessionEvent.Unroutable(filter));
        }
    }

    private void chooseIdentifier(Exchange<?> exchange) {
        if (exchange instanceof SubscribeExchange<?> subscribe) {
            Integer own = subscribe.properties().get(Property.SUBSCRIPTION_IDENTIFIER);
            if (version != ProtocolVersion.V5 || !limits.identifiersAvailable()) {
                subscribe.identifier = SubscriptionIdentifiers.NONE;
            } else if (own != null) {
                subscribe.identifier = own;
                subscriptions.identifiers().claim(own);
            } else {
                subscribe.identifier = subscriptions.identifiers().assign(subscribe.subscriptions());
            }
        }
    }

    /** A subscribe that fails takes its handlers with it; one of the session's own is reported. */
    private void fail(Exchange<?> exchange, Failure failure) {
        if (exchange instanceof Resubscribe again) {
            again.subscriptions().forEach(each -> notRestored(each, failure.reason()));
            return;
        }
        if (exchange instanceof SubscribeExchange<?> subscribe) {
            subscribe.handlers().forEach(subscriptions::removeHandler);
        }
        ended.add(exchange, failure);
    }

    /** A subscription that the broker has lost does not come back. */
    private void notRestored(TopicSubscription subscription, ReasonCode reason) {
        TopicFilter filter = subscription.filter();
        lost.remove(filter);
        disconnects.remove(filter);
        subscriptions.deactivate(filter);
        log.unsubscribed(filter);
        events.add(new SessionEvent.Resubscribed(subscription, reason));
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
        checkCount("SUBACK", "[MQTT-3.8.4-6]", suback.reasons(), subscribe.subscriptions());
        int group = subscribe instanceof Resubscribe again ? again.group : ++groups;
        for (int i = 0; i < suback.reasons().size(); i++) {
            answered(subscribe, i, suback.reasons().get(i), group);
        }
        ended(exchange, suback);
    }

    private void answered(SubscribeExchange<?> subscribe, int index, ReasonCode reason, int group) {
        TopicSubscription subscription = subscribe.subscriptions().get(index);
        TopicFilter filter = subscription.filter();
        lost.remove(filter);
        disconnects.remove(filter);
        if (reason.isError()) {
            subscriptions.refused(filter, subscribe.identifier);
            log.unsubscribed(filter);
            if (index < subscribe.handlers().size()) {
                subscriptions.removeHandler(subscribe.handlers().get(index));
            }
        } else {
            subscriptions.activate(
                    new GrantedSubscription(subscription, subscribe.properties(), group), subscribe.identifier);
            log.subscribed(subscription, subscribe.properties());
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
        List<ReasonCode> reasons = unsuback.reasons();
        if (version == ProtocolVersion.V5) {
            checkCount("UNSUBACK", "[MQTT-3.11.3-1]", reasons, unsubscribe.filters());
        }
        for (int i = 0; i < unsubscribe.filters().size(); i++) {
            if (i >= reasons.size() || !reasons.get(i).isError()) {
                unsubscribed(unsubscribe, unsubscribe.filters().get(i));
            }
        }
        ended(exchange, unsuback);
    }

    /** What the broker has refused to unsubscribe stays as it is. */
    private void unsubscribed(UnsubscribeExchange<?> unsubscribe, TopicFilter filter) {
        lost.remove(filter);
        subscriptions.deactivate(filter);
        log.unsubscribed(filter);
        List<? extends Handler> handlers = unsubscribe.handlers();
        if (handlers == null) {
            subscriptions.removeHandlers(filter);
        } else {
            for (Handler handler : handlers) {
                if (handler.filter().equals(filter)) {
                    subscriptions.removeHandler(handler);
                }
            }
        }
    }

    private void ended(Exchange<?> exchange, Packet answer) {
        inFlight.remove(exchange);
        pending.remove(exchange);
        ended.add(exchange, new Outcome.Answer(answer));
        sendUnsent();
    }

    private static void checkCount(String what, String statement, List<ReasonCode> reasons, List<?> asked) {
        if (asked.size() != reasons.size()) {
            throw new ProtocolViolationException(
                    ReasonCode.PROTOCOL_ERROR,
                    2,
                    statement,
                    what + " has " + reasons.size() + " reason codes for " + asked.size() + " topic filters");
        }
    }

    private static ProtocolViolationException mismatch(String what, int packetId) {
        return new ProtocolViolationException(
                ReasonCode.PROTOCOL_ERROR,
                2,
                "[MQTT-3.8.4-2]",
                what + " for packet identifier " + packetId + ", which belongs to another kind of packet");
    }

    // ---- connections ----

    /**
     * A connection is up: restores what the broker has lost, then sends what waits, since that is newer.
     *
     * @param cautious whether the broker has ended a connection over one of several packets: now one is sent after the other
     */
    void connected(ServerLimits newLimits, boolean resumed, boolean cautious) {
        limits = newLimits;
        connected = true;
        sent = false;
        unwanted.clear();
        oneByOne = cautious;
        if (!resumed) {
            for (GrantedSubscription each : subscriptions.active()) {
                lost = OnDemand.own(lost);
                lost.add(each.subscription().filter());
            }
        }
        List<Exchange<?>> waiting = List.copyOf(pending);
        pending.clear();
        resubscribe();
        pending.addAll(waiting);
        unsent = pending.size();
        sendUnsent();
    }

    /** From now on all packets may be sent at once. */
    void trustAgain() {
        oneByOne = false;
        sendUnsent();
    }

    private void resubscribe() {
        Map<Integer, List<GrantedSubscription>> byGroup = new LinkedHashMap<>();
        for (TopicFilter filter : List.copyOf(lost)) {
            GrantedSubscription granted = subscriptions.active(filter);
            if (granted == null) {
                lost.remove(filter);
                continue;
            }
            Failure refused = limits.check(granted.subscription(), granted.properties());
            if (refused == null) {
                byGroup.computeIfAbsent(granted.group(), g -> new ArrayList<>()).add(granted);
            } else {
                notRestored(granted.subscription(), refused.reason());
            }
        }
        byGroup.values().forEach(this::resubscribe);
    }

    /** One SUBSCRIBE for each group, or more if there are too many filters or they are too large for one. */
    private void resubscribe(List<GrantedSubscription> group) {
        List<TopicSubscription> together = new ArrayList<>();
        MqttProperties properties = group.get(0).properties();
        for (GrantedSubscription granted : group) {
            List<TopicSubscription> more = new ArrayList<>(together);
            more.add(granted.subscription());
            if (!together.isEmpty() && (oneByOne || more.size() > FILTERS_PER_PACKET || isTooLarge(more, properties))) {
                add(new Resubscribe(together, properties, granted.group()));
                more = List.of(granted.subscription());
            }
            together = new ArrayList<>(more);
        }
        add(new Resubscribe(together, properties, group.get(0).group()));
    }

    private boolean isTooLarge(List<TopicSubscription> filters, MqttProperties properties) {
        Subscribe packet = new Resubscribe(filters, properties, 0).packet(1, SubscriptionIdentifiers.LARGEST);
        return limits.checkSize(PacketCodec.size(packet, version), "SUBSCRIBE") != null;
    }

    private void add(Resubscribe again) {
        again.state = Exchange.QUEUED;
        pending = OnDemand.own(pending);
        pending.add(again);
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
        pending.removeIf(exchange -> exchange instanceof Resubscribe || exchange instanceof Unwanted);
        unsent = pending.size();
    }

    /** The broker has ended the connection over this one. Counts that, and gives it up if it was too often. */
    void blame(Exchange<?> exchange, String why) {
        if (exchange instanceof Resubscribe again) {
            TopicSubscription first = again.subscriptions().get(0);
            disconnects = OnDemand.own(disconnects);
            if (again.subscriptions().size() > 1
                    || disconnects.merge(first.filter(), 1, Integer::sum) < Session.MOST_DISCONNECTS) {
                return;
            }
        } else if (exchange.disconnected() < Session.MOST_DISCONNECTS) {
            return;
        }
        inFlight.remove(exchange);
        pending.remove(exchange);
        String packet = packet(exchange, 1).type().name();
        fail(exchange, Failure.disconnects(packet, why));
    }

    /** Ends all that wait for a connection. */
    void end(Failure reason) {
        for (Exchange<?> exchange : List.copyOf(pending)) {
            pending.remove(exchange);
            if (!(exchange instanceof Resubscribe || exchange instanceof Unwanted)) {
                fail(exchange, reason);
            }
        }
        unsent = 0;
    }

    /** An unsubscribe of the session's own. */
    private static final class Unwanted extends UnsubscribeExchange<Unsuback> {
        Unwanted(List<TopicFilter> filters) {
            super(List.copyOf(filters), MqttProperties.NONE, List.of(), true);
        }

        @Override
        protected void finish(Outcome result) {}
    }

    /** A subscribe of the session's own. */
    private static final class Resubscribe extends SubscribeExchange<Suback> {
        private final int group;

        Resubscribe(List<TopicSubscription> lost, MqttProperties properties, int group) {
            super(List.copyOf(lost), properties, List.of(), true);
            this.group = group;
        }

        @Override
        protected void finish(Outcome result) {}
    }
}
