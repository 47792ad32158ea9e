package io.godwit.mqtt.client.transport.tls;

import java.util.Locale;

/** The checks that a server's certificate can fail, and what whoever reads of it can do. */
public enum TlsCheck {
    EXPIRED(
            "the server's certificate has expired",
            "whoever runs the broker has to renew it; if it was renewed, is this machine's clock right?"),
    NOT_YET_VALID("the server's certificate is not valid yet", "is this machine's clock right?"),
    WRONG_HOST(
            "the server's certificate is for another host",
            "connect with a name that it holds, or set serverName(...), or have the certificate issued for this name"),
    SELF_SIGNED(
            "the server's certificate is signed by nobody but itself",
            "if it is the right one, trust it with ca(...), or pin an authority of your own"),
    UNKNOWN_CA(
            "the server's certificate comes from an authority that is not trusted here",
            "give that authority's certificate with ca(...); a server that does not send its intermediate certificates"
                    + " looks the same"),
    PIN_MISMATCH(
            "no certificate or key of the server has a pinned SHA-256 sum",
            "either the broker has a new key, which then has to be pinned, or somebody sits in between"),
    OTHER("the server's certificate was not accepted", "the cause says why");

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
