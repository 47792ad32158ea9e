package io.godwit.mqtt.client.transport.tls;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.SignatureException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Delegates to a trust manager, then checks the pins. If the certificate is rejected, finds out which check failed, because the
 * JDK's messages rarely say. Checks the host name itself where the trust manager can't.
 */
final class ServerTrust extends X509ExtendedTrustManager {

    /** Set once; {@code null}: every certificate is accepted. */
    private final @Nullable X509TrustManager delegate;

    private final Pins pins;
    private final boolean hostNameChecked;
    private final boolean custom;
    private final Clock clock;

    /** @param custom whether the delegate is the application's and may not check host names */
    ServerTrust(@Nullable X509TrustManager delegate, boolean custom, List<String> pins, boolean hostNameChecked) {
        this.delegate = delegate;
        this.custom = custom;
        this.pins = new Pins(pins);
        this.hostNameChecked = hostNameChecked && delegate != null;
        clock = Clock.systemUTC();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        if (delegate != null) {
            SSLSession handshake = engine.getHandshakeSession();
            String host = handshake == null ? engine.getPeerHost() : handshake.getPeerHost();
            boolean byJdk = host == null || !hostNameChecked || HostNames.isCheckedByJdk(host);
            try {
                if (delegate instanceof X509ExtendedTrustManager extended && byJdk) {
                    extended.checkServerTrusted(chain, authType, engine);
                } else {
                    delegate.checkServerTrusted(chain, authType);
                }
            } catch (CertificateException e) {
                throw rejected(chain, host, e);
            }
            if (hostNameChecked && (custom || !byJdk) && (host == null || !HostNames.match(chain[0], host))) {
                throw wrongHost(chain, host, null);
            }
        }
        checkPins(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        if (hostNameChecked) {
            throw new CertificateException("the TLS engine didn't say which host to check");
        }
        if (delegate != null) {
            try {
                delegate.checkServerTrusted(chain, authType);
            } catch (CertificateException e) {
                throw rejected(chain, null, e);
            }
        }
        checkPins(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("this trust manager is for clients only");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return delegate == null ? new X509Certificate[0] : delegate.getAcceptedIssuers();
    }

    private CertificateRejected rejected(X509Certificate[] chain, @Nullable String host, CertificateException cause) {
        X509Certificate leaf = chain[0];
        Instant now = clock.instant();
        for (X509Certificate each : chain) {
            if (now.isAfter(each.getNotAfter().toInstant()) && causedBy(cause, CertificateExpiredException.class)) {
                return new CertificateRejected(
                        TlsCheck.EXPIRED, List.of(chain), each, " on " + Certificates.date(each.getNotAfter()), cause);
            }
            if (now.isBefore(each.getNotBefore().toInstant())
                    && causedBy(cause, CertificateNotYetValidException.class)) {
                return new CertificateRejected(
                        TlsCheck.NOT_YET_VALID,
                        List.of(chain),
                        each,
                        " before " + Certificates.date(each.getNotBefore()) + "; this machine's clock says "
                                + Certificates.date(Date.from(now)),
                        cause);
            }
        }
        String text = String.valueOf(cause.getMessage());
        if (text.startsWith("No name matching")
                || text.startsWith("No subject alternative")
                || text.contains("Illegal given domain name")) {
            return wrongHost(chain, host, cause);
        }
        if (text.contains("unable to find valid certification path") || text.contains("PKIX path building failed")) {
            boolean selfSigned = isSelfSigned(leaf);
            String old = now.isAfter(leaf.getNotAfter().toInstant())
                    ? ", and expired on " + Certificates.date(leaf.getNotAfter())
                    : "";
            return new CertificateRejected(
                    selfSigned ? TlsCheck.SELF_SIGNED : TlsCheck.UNKNOWN_CA, List.of(chain), leaf, old, cause);
        }
        return new CertificateRejected(TlsCheck.OTHER, List.of(chain), leaf, ": " + text, cause);
    }

    private static CertificateRejected wrongHost(
            X509Certificate[] chain, @Nullable String host, @Nullable CertificateException cause) {
        return new CertificateRejected(
                TlsCheck.WRONG_HOST,
                List.of(chain),
                chain[0],
                ": it is for " + Certificates.names(chain[0]) + (host == null ? "" : ", not for " + host),
                cause);
    }

    private void checkPins(X509Certificate[] chain) throws CertificateException {
        if (pins.isEmpty()
                || (delegate == null ? pins.match(chain[0]) : pins.match(chain, delegate.getAcceptedIssuers()))) {
            return;
        }
        throw new CertificateRejected(
                TlsCheck.PIN_MISMATCH,
                List.of(chain),
                chain[0],
                ": the digest of the server's certificate is " + Pins.sha256(chain[0].getEncoded())
                        + ", that of its key "
                        + Pins.sha256(chain[0].getPublicKey().getEncoded()),
                null);
    }

    private static boolean isSelfSigned(X509Certificate certificate) {
        if (!certificate.getIssuerX500Principal().equals(certificate.getSubjectX500Principal())) {
            return false;
        }
        try {
            certificate.verify(certificate.getPublicKey());
            return true;
        } catch (SignatureException e) {
            return false;
        } catch (GeneralSecurityException e) {
            return true; // by its names; the algorithm is not supported here
        }
    }

    private static boolean causedBy(Throwable failure, Class<? extends Throwable> kind) {
        Throwable each = failure;
        for (int depth = 0; each != null && depth < 16; depth++) {
            if (kind.isInstance(each)) {
                return true;
            }
            each = each.getCause();
        }
        return false;
    }
}
