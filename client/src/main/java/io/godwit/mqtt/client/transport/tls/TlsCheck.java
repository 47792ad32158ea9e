package io.godwit.mqtt.client.transport.tls;

import java.util.Locale;

/** The checks that a server's certificate can fail, and what to do about it. */
public enum TlsCheck {
    EXPIRED(
            "the server's certificate has expired",
            "renew it at the broker; if it was renewed, check this machine's clock"),
    NOT_YET_VALID("the server's certificate is not valid yet", "check this machine's clock"),
    WRONG_HOST(
            "the server's certificate is for another host",
            "connect with one of its names, or set serverName(...), or have a certificate issued for this name"),
    SELF_SIGNED("the server's certificate is self-signed", "if it is the right one, trust it with ca(...)"),
    UNKNOWN_CA(
            "the server's certificate comes from an authority that is not trusted",
            "pass that authority's certificate to ca(...); the reason may also be a server that doesn't send its intermediate"
                    + " certificates"),
    PIN_MISMATCH(
            "no certificate or key on the validated path matches a pin",
            "either the broker has a new key, which must be pinned, or somebody intercepts the connection"),
    OTHER("the server's certificate was rejected", "see the cause");

    private final String verdict;
    private final String advice;

    TlsCheck(String verdict, String advice) {
        this.verdict = verdict;
        this.advice = advice;
    }

    String verdict() {
        return verdict;
    }

    String advice() {
        return advice;
    }

    /** The heading in docs/tls.md. */
    public String anchor() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
