package io.godwit.mqtt.client.store;

/** What becomes of publishes in flight when the broker turns out to have lost the session. */
public enum SessionLoss {
    /**
     * QoS 1 is sent again. QoS 2 fails as "session lost", since whether it had arrived cannot be known and sending it
     * again might deliver it twice.
     */
    RESEND,
    /** All are sent again; a message of QoS 2 may then arrive twice. */
    RESEND_ALL,
    /** All fail as "session lost". */
    FAIL
}
