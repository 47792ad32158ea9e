package io.godwit.mqtt.client.net;

/** Why an attempt to connect failed. Together with the {@link ConnectPhase} it replaces parsing messages. */
public enum FailureReason {
    /** The host name has no address. */
    UNKNOWN_HOST,
    /** Nothing listens on the port or the socket. */
    REFUSED,
    /** The network has no route to the address, or this user may not open the socket. */
    UNREACHABLE,
    /** The phase took longer than its time limit. */
    TIMEOUT,
    /** The other side closed the connection during the phase. */
    CLOSED,
    /** The proxy could not be used, or refused to connect to the server. */
    PROXY_FAILED,
    /** The server's certificate failed a check: authority, host name, validity, pin. */
    CERTIFICATE_REJECTED,
    /** The server wants a client certificate, or refused the one that was presented. */
    CLIENT_CERTIFICATE_REFUSED,
    /** A configured key, certificate or trust store cannot be used. */
    KEYS_UNUSABLE,
    /** The TLS handshake failed for another reason, such as no common protocol version or cipher. */
    TLS_FAILED,
    /** The server did not accept the WebSocket upgrade. */
    WEBSOCKET_REJECTED,
    /** The application's credentials or authentication data could not be obtained, so CONNECT was not sent. */
    CREDENTIALS_UNAVAILABLE,
    /** CONNECT could not be written: it is too large for the packet format, or the network took no data in time. */
    NOT_SENT,
    /** The answer was not a CONNACK, or broke the protocol. */
    NOT_MQTT,
    /** The application's authenticator failed or did not accept the broker. */
    AUTHENTICATION_FAILED,
    /** The broker answered CONNECT with an error; its reason code says why, such as missing credentials. */
    BROKER_REJECTED,
    /** None of these. */
    OTHER
}
