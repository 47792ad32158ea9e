package io.godwit.mqtt.client.transport.tls;

import io.godwit.mqtt.client.net.ConnectPhase;
import io.godwit.mqtt.client.net.FailureReason;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.Tls;
import io.godwit.mqtt.client.net.TransportException;
import io.netty.handler.ssl.NotSslRecordException;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Explains why TLS failed: which check of the client, or what the server's alert means. */
public final class TlsFailures {

    private TlsFailures() {}

    /** What went wrong, for programs and for people. */
    private record Verdict(FailureReason reason, String text) {}

    /** A handshake that failed. */
    public static TransportException describe(ServerAddress server, Tls tls, String where, Throwable cause) {
        String start = "TLS with " + where + " failed: ";
        CertificateRejected rejected = CertificateRejected.in(cause);
        if (rejected != null) {
            return failure(
                    FailureReason.CERTIFICATE_REJECTED,
                    server,
                    start + rejected.getMessage() + ". What to do: "
                            + rejected.check().advice() + " (docs/tls.md#"
                            + rejected.check().anchor() + ")",
                    cause);
        }
        Verdict verdict = verdict(tls, cause);
        return failure(verdict.reason, server, start + verdict.text, cause);
    }

    private static Verdict verdict(Tls tls, Throwable cause) {
        StringBuilder all = new StringBuilder();
        for (Throwable each = cause; each != null && all.length() < 4000; each = each.getCause()) {
            all.append(each.getMessage()).append('\n');
        }
        String text = all.toString().toLowerCase(Locale.ROOT).replace(' ', '_');
        if (cause instanceof NotSslRecordException || text.contains("not_an_ssl/tls_record")) {
            return new Verdict(
                    FailureReason.TLS_FAILED,
                    "the server's answer is not TLS; is this the port for mqtt:// or ws:// without TLS?");
        }
        if (text.contains("protocol_version")
                || text.contains("unsupported_protocol")
                || text.contains("not_accepted_by_client_preferences")
                || text.contains("no_appropriate_protocol")) {
            return new Verdict(
                    FailureReason.TLS_FAILED,
                    "the server supports none of the permitted versions "
                            + (tls.versions().isEmpty() ? "TLSv1.3, TLSv1.2" : String.join(", ", tls.versions()))
                            + ". What to do: update the broker's TLS, or change versions(...) (docs/tls.md#protocol-too-old)");
        }
        boolean own = tls.hasClientCertificate();
        if (text.contains("certificate_required") || !own && text.contains("bad_certificate")) {
            return new Verdict(
                    FailureReason.CLIENT_CERTIFICATE_REFUSED,
                    own
                            ? "the server requires a client certificate, and the configured one is not from an authority that it"
                                    + " accepts"
                            : "the server requires a client certificate and none is configured. What to do: set certificate(...)"
                                    + " and key(...) (docs/tls.md#client-certificate-wanted)");
        }
        if (text.contains("handshake_failure")) {
            return new Verdict(
                    FailureReason.TLS_FAILED,
                    own
                            ? "the server aborted the handshake (handshake_failure): it may not accept the client certificate, or"
                                    + " support none of the client's ciphers"
                            : "the server aborted the handshake (handshake_failure): it may require a client certificate, and none"
                                    + " is configured, or support none of the client's ciphers"
                                    + " (docs/tls.md#client-certificate-wanted)");
        }
        for (String alert : new String[] {
            "bad_certificate",
            "certificate_unknown",
            "unknown_ca",
            "certificate_expired",
            "certificate_revoked",
            "unsupported_certificate",
            "access_denied"
        }) {
            if (text.contains(alert) && text.contains("alert")) {
                return new Verdict(
                        FailureReason.CLIENT_CERTIFICATE_REFUSED,
                        "the server rejected the client certificate (" + alert
                                + "). What to do: check that the broker trusts its authority, and that it is still valid"
                                + " (docs/tls.md#client-certificate-refused)");
            }
        }
        if (text.contains("unrecognized_name")) {
            return new Verdict(
                    FailureReason.TLS_FAILED,
                    "the server has no host of the name in SNI: set serverName(...) to one that it has");
        }
        if (text.contains("no_application_protocol")) {
            return new Verdict(
                    FailureReason.TLS_FAILED,
                    "the server supports none of the ALPN protocols " + tls.applicationProtocols());
        }
        if (cause instanceof ClosedChannelException
                || text.contains("closed_while")
                || text.contains("reset")
                || text.contains("broken_pipe")) {
            return new Verdict(
                    FailureReason.CLOSED, "the server closed the connection during the handshake; is this a TLS port?");
        }
        return new Verdict(
                FailureReason.TLS_FAILED, cause.getMessage() == null ? cause.toString() : cause.getMessage());
    }

    private static TransportException failure(
            FailureReason reason, ServerAddress server, String message, @Nullable Throwable cause) {
        return new TransportException(ConnectPhase.TLS, reason, server, message, cause);
    }
}
