package io.godwit.mqtt.client.transport.tls;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SignatureException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Leaves the judgement of a server's certificate to the JDK's trust manager, then checks the pins. When the answer is
 * no, finds out which check failed: the JDK's own words rarely say.
 */
final class ServerTrust extends X509ExtendedTrustManager {

    /** Set once; {@code null}: every certificate is taken. */
    private final @Nullable X509ExtendedTrustManager judge;

    private final List<String> pins;
    private final Clock clock;

    ServerTrust(@Nullable X509ExtendedTrustManager judge, List<String> pins) {
        this.judge = judge;
        this.pins = pins;
        clock = Clock.systemUTC();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        if (judge != null) {
            try {
                judge.checkServerTrusted(chain, authType, engine);
            } catch (CertificateException e) {
                SSLSession handshake = engine.getHandshakeSession();
                throw rejected(chain, handshake == null ? engine.getPeerHost() : handshake.getPeerHost(), e);
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
        if (judge != null) {
            try {
                judge.checkServerTrusted(chain, authType);
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
        throw new CertificateException("this side is a client and judges no clients");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return judge == null ? new X509Certificate[0] : judge.getAcceptedIssuers();
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
                        ", only from " + Certificates.date(each.getNotBefore()) + " on; it is "
                                + Certificates.date(Date.from(now)) + " here",
                        cause);
            }
        }
        String text = String.valueOf(cause.getMessage());
        if (text.startsWith("No name matching")
                || text.startsWith("No subject alternative")
                || text.contains("Illegal given domain name")) {
            return new CertificateRejected(
                    TlsCheck.WRONG_HOST,
                    List.of(chain),
                    leaf,
                    ": it is for " + Certificates.names(leaf) + (host == null ? "" : ", not for " + host),
                    cause);
        }
        if (text.contains("unable to find valid certification path") || text.contains("PKIX path building failed")) {
            boolean selfSigned = isSelfSigned(leaf);
            String old = now.isAfter(leaf.getNotAfter().toInstant())
                    ? ", and has expired on " + Certificates.date(leaf.getNotAfter())
                    : "";
            return new CertificateRejected(
                    selfSigned ? TlsCheck.SELF_SIGNED : TlsCheck.UNKNOWN_CA, List.of(chain), leaf, old, cause);
        }
        return new CertificateRejected(TlsCheck.OTHER, List.of(chain), leaf, ": " + text, cause);
    }

    private void checkPins(X509Certificate[] chain) throws CertificateException {
        if (pins.isEmpty()) {
            return;
        }
        for (X509Certificate each : chain) {
            if (pins.contains(sha256(each.getEncoded()))
                    || pins.contains(sha256(each.getPublicKey().getEncoded()))) {
                return;
            }
        }
        throw new CertificateRejected(
                TlsCheck.PIN_MISMATCH,
                List.of(chain),
                chain[0],
                ": its certificate has " + sha256(chain[0].getEncoded()) + ", its key "
                        + sha256(chain[0].getPublicKey().getEncoded()),
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
            return true; // the names say so, and the algorithm is not known here
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

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
