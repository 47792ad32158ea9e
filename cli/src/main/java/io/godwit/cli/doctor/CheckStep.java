package io.godwit.cli.doctor;

import java.util.Locale;

/** The steps of an examination, in the order in which they run. */
public enum CheckStep {
    ADDRESS,
    NAME,
    NETWORK,
    PROXY,
    TLS,
    WEBSOCKET,
    CONNECT,
    LIMITS,
    IDENTIFIER,
    SUBSCRIBE,
    ECHO,
    RETAINED,
    WILDCARDS,
    SHARED,
    SESSION,
    SIZE;

    /** As it stands in the output. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
