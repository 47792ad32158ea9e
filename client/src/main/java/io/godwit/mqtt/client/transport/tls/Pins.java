package io.godwit.mqtt.client.transport.tls;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXCertPathBuilderResult;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Compares pinned digests with the certificates of the validated path, from the server's own to the trusted authority. What a
 * server merely sends along proves nothing: anybody can send the public certificate of somebody else.
 */
final class Pins {

    /** Set once: SHA-256 in lower-case hex. */
    private final List<String> digests;

    Pins(List<String> digests) {
        this.digests = digests;
    }

    boolean isEmpty() {
        return digests.isEmpty();
    }

    /** Whether this certificate or its key is pinned. */
    boolean match(X509Certificate certificate) throws CertificateEncodingException {
        return digests.contains(sha256(certificate.getEncoded()))
                || digests.contains(sha256(certificate.getPublicKey().getEncoded()));
    }

    /**
     * Whether a certificate on a path from the server's certificate to one of the authorities is pinned.
     *
     * @param chain as sent by the server, already accepted by the trust manager
     * @param authorities those that are trusted; none if the trust manager doesn't name them
     */
    boolean match(X509Certificate[] chain, X509Certificate[] authorities) throws CertificateEncodingException {
        if (match(chain[0])) {
            return true;
        }
        for (X509Certificate each : path(chain, authorities)) {
            if (match(each)) {
                return true;
            }
        }
        return false;
    }

    /** The path from the server's certificate to an authority, both included; empty if there is none. */
    private static List<X509Certificate> path(X509Certificate[] chain, X509Certificate[] authorities) {
        Set<TrustAnchor> anchors =
                Stream.of(authorities).map(each -> new TrustAnchor(each, null)).collect(Collectors.toSet());
        if (anchors.isEmpty() || List.of(authorities).contains(chain[0])) {
            return List.of();
        }
        try {
            X509CertSelector leaf = new X509CertSelector();
            leaf.setCertificate(chain[0]);
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, leaf);
            parameters.setRevocationEnabled(false); // the trust manager has decided on that
            parameters.addCertStore(
                    CertStore.getInstance("Collection", new CollectionCertStoreParameters(List.of(chain))));
            PKIXCertPathBuilderResult result = (PKIXCertPathBuilderResult)
                    CertPathBuilder.getInstance("PKIX").build(parameters);
            List<X509Certificate> path = new ArrayList<>();
            for (Certificate each : result.getCertPath().getCertificates()) {
                path.add((X509Certificate) each);
            }
            path.add(result.getTrustAnchor().getTrustedCert());
            return path;
        } catch (GeneralSecurityException e) {
            return List.of(); // a trust manager with rules of its own: only the server's certificate counts
        }
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
