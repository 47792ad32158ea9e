package io.godwit.mqtt.broker;

import java.util.List;

/**
 * What a broker would have on its disk at one moment: sessions, subscriptions, messages on their way and retained
 * messages. Taken by {@link BrokerCore#snapshot} and put back by {@link BrokerCore#restore}, as often as one likes.
 */
public final class BrokerSnapshot {
    private final List<Session> sessions;
    private final RetainedMessages retained;

    BrokerSnapshot(List<Session> sessions, RetainedMessages retained) {
        this.sessions = sessions;
        this.retained = retained;
    }

    List<Session> sessions() {
        return sessions;
    }

    RetainedMessages retained() {
        return retained;
    }

    @Override
    public String toString() {
        return "BrokerSnapshot[" + sessions.size() + " sessions]";
    }
}
