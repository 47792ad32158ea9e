package io.godwit.mqtt.client.engine;

/** What a client counts of its connections. Written by the event loop only. */
final class ConnectionFigures {
    volatile long attempts;
    volatile long failedAttempts;
    volatile int made;
    volatile int lost;
    /** When CONNACK was received, by the loop's clock. */
    volatile long connectedAt;
}
