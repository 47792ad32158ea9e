package io.godwit.mqtt.client.transport.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A server's certificate failed a check. Passes through the TLS engine as the cause of its failure. */
public final class CertificateRejected extends CertificateException {

    private static final long serialVersionUID = 1L;

    private final TlsCheck check;
    private final transient List<X509Certificate> chain;

    CertificateRejected(
            TlsCheck check,
            List<X509Certificate> chain,
            X509Certificate certificate,
            String detail,
            @Nullable Throwable cause) {
        super(check.verdict() + detail + " (" + Certificates.describe(certificate) + ")", cause);
        this.check = check;
        this.chain = chain;
    }

    public TlsCheck check() {
        return check;
    }

    /** The certificates as sent by the server, its own first. */
    public List<X509Certificate> chain() {
        return chain;
    }

    /** The rejection among the causes of a failure, or {@code null}. */
    public static @Nullable CertificateRejected in(Throwable failure) {
        Throwable each = failure;
        for (int depth = 0; each != null && depth < 16; depth++) {
            if (each instanceof CertificateRejected rejected) {
                return rejected;
            }
            for (Throwable suppressed : each.getSuppressed()) {
                if (suppressed instanceof CertificateRejected rejected) {
                    return rejected;
                }
            }
            each = each.getCause();
        }
        return null;
    }
}
