package io.godwit.mqtt.client;

import org.jspecify.annotations.Nullable;

/**
 * Extended authentication of MQTT 5, section 4.12: one object for each client. Called on the client's handler executor,
 * never on the event loop; what it throws ends the connection.
 */
public interface Authenticator {
    /** The authentication method's name, as SCRAM-SHA-256. */
    String method();

    /** The data for CONNECT, or for the AUTH that begins a re-authentication; null for none. */
    byte @Nullable [] begin() throws Exception;

    /** The answer to a challenge of the broker; null for none. */
    byte @Nullable [] answer(byte @Nullable [] challenge) throws Exception;

    /**
     * The broker has accepted; the data came with that. Here a method judges whether the broker has proved itself, as
     * SCRAM does. Runs right after the connection is up, so {@code connect} may have returned before.
     */
    default void succeeded(byte @Nullable [] data) throws Exception {}
}
