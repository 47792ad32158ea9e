package io.godwit.mqtt.client.store;

import java.io.IOException;

/**
 * Where sessions are kept. A client opens the log of its own session when it is built and closes it when it is closed.
 *
 * <p>What a client must be able to bring back, MQTT 3.1.1 and 5, section 4.1 (session state in the client): "QoS 1 and
 * QoS 2 messages which have been sent to the Server, but have not been completely acknowledged; QoS 2 messages which have
 * been received from the Server, but have not been completely acknowledged". Godwit keeps two things more: publishes that
 * were accepted and not yet sent, and the subscriptions, so that they can be restored when the broker has lost them.
 */
public interface SessionStore {
    /**
     * Opens the log of one session, alone: nobody else can open it until it is closed.
     *
     * @param clientId names the session
     * @return the log, which holds what has survived
     * @throws IOException when it cannot be read, or is in use by another client or process; the message says which
     */
    SessionLog open(String clientId) throws IOException;

    /** A store that lives as long as this object: sessions survive a client, not the process. */
    static SessionStore inMemory() {
        return new MemoryStore();
    }
}
