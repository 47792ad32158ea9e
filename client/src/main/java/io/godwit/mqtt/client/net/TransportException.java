package io.godwit.mqtt.client.net;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A server could not be reached. The message says in which phase the attempt failed, for which address, why, and what may help.
 * If several addresses or servers were tried, the failures of the others are {@linkplain #getSuppressed() suppressed}.
 */
public final class TransportException extends IOException {

    private static final long serialVersionUID = 1L;

    // Set once.
    private final ConnectPhase phase;
    private final FailureReason reason;
    private final transient @Nullable ServerAddress address;

    /**
     * @param address the server that could not be reached; {@code null} if none was chosen yet
     * @param message what is wrong and what would be right; without secrets
     */
    public TransportException(
            ConnectPhase phase,
            FailureReason reason,
            @Nullable ServerAddress address,
            String message,
            @Nullable Throwable cause) {
        super(message, cause);
        this.phase = phase;
        this.reason = reason;
        this.address = address;
    }

    /** The phase that failed. */
    public ConnectPhase phase() {
        return phase;
    }

    public FailureReason reason() {
        return reason;
    }

    /** The server that could not be reached; {@code null} if none was chosen yet, or after serialization. */
    public @Nullable ServerAddress address() {
        return address;
    }

    /** Whether a time limit ended the phase, rather than an answer. */
    public boolean isTimeout() {
        return reason == FailureReason.TIMEOUT;
    }
}
