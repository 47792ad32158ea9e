package io.godwit.mqtt.client.session;

import io.godwit.mqtt.protocol.TopicFilter;

/** A handler of the application as the session sees it. Two registrations are two handlers. */
public interface Handler {
    /** The topics whose messages it receives. */
    TopicFilter filter();

    /** Whether it is called ahead of waiting messages if it is the only handler of a message: for responses. */
    default boolean isPrompt() {
        return false;
    }
}
