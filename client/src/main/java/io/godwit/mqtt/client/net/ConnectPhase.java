package io.godwit.mqtt.client.net;

/** The phases of making a connection, in their order. Where an attempt failed says what to look at. */
public enum ConnectPhase {
    /** Looking up the addresses of a host name, or its SRV records. */
    RESOLVE,
    /** Reaching an address: TCP, or a Unix domain socket. */
    CONNECT,
    /** Asking a proxy to connect to the server. */
    PROXY,
    /** The TLS handshake, and reading the keys and certificates that it needs. */
    TLS,
    /** The WebSocket upgrade. */
    WEBSOCKET,
    /** MQTT: from CONNECT to the broker's CONNACK. */
    CONNACK
}
