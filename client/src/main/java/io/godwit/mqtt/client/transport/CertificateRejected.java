package io.godwit.mqtt.client.transport;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/** A server's certificate failed a check: which one, and the certificate. Travels through the TLS engine as the cause. */
final class CertificateRejected extends CertificateException {

    private static final long serialVersionUID = 1L;

    private final TlsCheck check;

    CertificateRejected(TlsCheck check, X509Certificate certificate, String detail, @Nullable Throwable cause) {
        super(check.verdict() + detail + " (" + Certificates.describe(certificate) + ")", cause);
        this.check = check;
    }

    TlsCheck check() {
        return check;
    }

    /** The rejection among the causes of a failure, or {@code null}. */
    static @Nullable CertificateRejected in(Throwable failure) {
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
