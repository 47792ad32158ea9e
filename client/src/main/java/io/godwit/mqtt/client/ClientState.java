package io.godwit.mqtt.client;

/** Where a client stands with its connection. */
public enum ClientState {
    /** Not connected, and nothing is being done about it. */
    IDLE,
    /** On the way to a broker, or waiting for CONNACK. */
    CONNECTING,
    /** CONNACK has come. */
    CONNECTED,
    /** The connection is lost; the time until the next attempt runs. */
    WAITING,
    /** DISCONNECT is on its way. */
    DISCONNECTING,
    /** Closed permanently. */
    CLOSED
}
