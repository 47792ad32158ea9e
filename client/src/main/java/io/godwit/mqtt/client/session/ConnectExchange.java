package io.godwit.mqtt.client.session;

/** A connection that was accepted: CONNECT and CONNACK. Its place among the ended exchanges is that of CONNACK. */
public abstract non-sealed class ConnectExchange<T> extends Exchange<T> {
    protected ConnectExchange() {
        super(false);
    }
}
