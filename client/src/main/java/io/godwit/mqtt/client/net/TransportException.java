package io.godwit.mqtt.client.net;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The way to the broker is closed: says at which step, for which address, why and what may help. Where several
 * addresses or servers were tried, the failures of the others are {@linkplain #getSuppressed() suppressed} ones.
 */
public final class TransportException extends IOException {

    private static final long serialVersionUID = 1L;

    /** The steps of a road, in the order in which they are walked. */
    public enum Step {
        /** Finding the addresses of a host name, or its SRV records. */
        RESOLVE,
        /** Reaching an address: TCP, or a unix domain socket. */
        CONNECT,
        /** Asking a proxy for the way on. */
        PROXY,
        /** The TLS handshake, and reading the keys and certificates that it needs. */
        TLS,
        /** The WebSocket upgrade. */
        WEBSOCKET
    }

    /** Set once. */
    private final Step step;

    private final transient @Nullable ServerAddress address;
    private final boolean timeout;

    /**
     * @param address the server that could not be reached; {@code null} where none was chosen yet
     * @param timeout whether a time limit of the road ended the step
     * @param message what was wrong and what would be right; without secrets
     */
    public TransportException(
            Step step, @Nullable ServerAddress address, boolean timeout, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.step = step;
        this.address = address;
        this.timeout = timeout;
    }

    /** The step at which the road ended. */
    public Step step() {
        return step;
    }

    /** The server that could not be reached; {@code null} where none was chosen yet, or after serialization. */
    public @Nullable ServerAddress address() {
        return address;
    }

    /** Whether a time limit of the road ended the step, rather than an answer. */
    public boolean isTimeout() {
        return timeout;
    }
}
