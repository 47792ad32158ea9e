package io.godwit.mqtt.broker;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.TopicFilter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All sessions by client identifier, and their lives: created, left behind by a connection, resumed, ended by their
 * expiry interval. Keeps the subscription index in step, and publishes wills at the moment that section 3.1.2.5 asks for.
 */
final class Sessions {
    /** Takes the will of a session whose client is gone. */
    interface Wills {
        void publish(Session session, Message will, long now);
    }

    private final Map<String, Session> byClient = new LinkedHashMap<>();
    private final Timers timers;
    private final MemoryBudget memory;
    private final Wills wills;
    private SubscriptionIndex index = new SubscriptionIndex();

    Sessions(Timers timers, MemoryBudget memory, Wills wills) {
        this.timers = timers;
        this.memory = memory;
        this.wills = wills;
    }

    SubscriptionIndex index() {
        return index;
    }

    @Nullable
    Session get(String clientId) {
        return byClient.get(clientId);
    }

    Collection<Session> all() {
        return byClient.values();
    }

    Session create(String clientId) {
        Session session = new Session(clientId, memory);
        byClient.put(clientId, session);
        return session;
    }

    /** A connection takes the session up: it no longer ends, and a will that waits is not sent. */
    void attach(Session session, BrokerLink link) {
        session.cancelTimers();
        session.will(null);
        session.link(link);
        link.session = session;
    }

    /** The connection of the session is gone; its will, unless it was removed, is published now or later. */
    void detach(Session session, long now) {
        session.link(null);
        if (session.expirySeconds == 0) {
            end(session, now);
            return;
        }
        if (session.will() != null) {
            session.willAt = QueuedMessage.after(now, session.willDelaySeconds);
            if (session.willDelaySeconds == 0) {
                publishWill(session, now);
            }
        }
        session.endsAt = session.expirySeconds == Session.FOR_EVER
                ? QueuedMessage.NEVER
                : QueuedMessage.after(now, session.expirySeconds);
        arm(session);
    }

    private void arm(Session session) {
        if (session.will() != null && session.willAt != QueuedMessage.NEVER) {
            session.willTimer = timers.at(session.willAt, now -> publishWill(session, now));
        }
        if (session.endsAt != QueuedMessage.NEVER) {
            session.endTimer = timers.at(session.endsAt, now -> end(session, now));
        }
    }

    private void publishWill(Session session, long now) {
        Message will = session.will();
        session.will(null);
        if (will != null) {
            wills.publish(
                    session, will.withProperties(will.properties().with(Property.WILL_DELAY_INTERVAL, null)), now);
        }
    }

    /** The session is over; a will that waits is published now [MQTT-3.1.2-8]. */
    void end(Session session, long now) {
        session.cancelTimers();
        for (Subscription subscription : session.subscriptions()) {
            index.remove(session, subscription.filter());
        }
        byClient.remove(session.clientId(), session);
        publishWill(session, now);
        session.release();
    }

    /** Adds a subscription; true when the filter was not subscribed to before. */
    boolean subscribe(Session session, Subscription subscription) {
        boolean isNew = session.subscribe(subscription);
        index.add(session, subscription);
        return isNew;
    }

    boolean unsubscribe(Session session, TopicFilter filter) {
        index.remove(session, filter);
        return session.unsubscribe(filter.text());
    }

    /** Copies of the sessions as they are now. */
    List<Session> copies() {
        MemoryBudget budget = new MemoryBudget();
        List<Session> copies = new ArrayList<>();
        byClient.values().forEach(session -> copies.add(session.copy(budget)));
        return copies;
    }

    /**
     * Puts copies in place of all sessions. One that had a client when it was copied has none now: its connection counts
     * as lost at {@code now}.
     */
    void restore(List<Session> copies, long now) {
        byClient.values().forEach(Session::cancelTimers);
        byClient.values().forEach(Session::release);
        byClient.clear();
        index = new SubscriptionIndex();
        for (Session copy : copies) {
            Session session = copy.copy(memory);
            byClient.put(session.clientId(), session);
            session.subscriptions().forEach(subscription -> index.add(session, subscription));
        }
        for (Session session : List.copyOf(byClient.values())) {
            if (session.endsAt == QueuedMessage.NEVER && session.willAt == QueuedMessage.NEVER) {
                detach(session, now);
            } else {
                arm(session);
            }
        }
    }
}
