package io.godwit.mqtt.client.transport.tls;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/** Formats certificates for messages. */
public final class Certificates {

    private static final int DNS = 2;
    private static final int IP = 7;

    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Certificates() {}

    /** Subject, names, issuer and dates in one line. */
    public static String describe(X509Certificate certificate) {
        return "certificate of " + certificate.getSubjectX500Principal().getName() + " for " + names(certificate)
                + ", issued by " + certificate.getIssuerX500Principal().getName() + ", valid from "
                + date(certificate.getNotBefore()) + " to " + date(certificate.getNotAfter());
    }

    /** The hosts and addresses of the certificate, as "[a, b]"; "no host name" if it has none. */
    public static String names(X509Certificate certificate) {
        StringJoiner names = new StringJoiner(", ", "[", "]").setEmptyValue("no host name");
        try {
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            if (alternatives != null) {
                for (List<?> each : alternatives) {
                    int kind = (Integer) each.get(0);
                    if (kind == DNS || kind == IP) {
                        names.add(String.valueOf(each.get(1)));
                    }
                }
            }
        } catch (CertificateParsingException e) {
            return "malformed names";
        }
        return names.toString();
    }

    public static String date(Date date) {
        return DATE.format(date.toInstant());
    }
}
