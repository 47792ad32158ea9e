package io.godwit.cli.doctor;

import io.godwit.mqtt.client.transport.tls.Certificates;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The certificates that a server sent, its own first. */
record Chain(List<X509Certificate> certificates) {
    private static final Duration SOON = Duration.ofDays(30);

    static Chain of(Certificate[] sent) {
        List<X509Certificate> chain = new ArrayList<>();
        for (Certificate each : sent) {
            if (each instanceof X509Certificate x509) {
                chain.add(x509);
            }
        }
        return new Chain(chain);
    }

    /** A line for each, for people. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (X509Certificate each : certificates) {
            lines.add((lines.size() + 1) + ". " + Certificates.describe(each));
        }
        return lines;
    }

    /** The same for programs. */
    List<Map<String, Object>> facts() {
        List<Map<String, Object>> all = new ArrayList<>();
        for (X509Certificate each : certificates) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("subject", each.getSubjectX500Principal().getName());
            facts.put("names", Certificates.names(each));
            facts.put("issuer", each.getIssuerX500Principal().getName());
            facts.put("validFrom", each.getNotBefore().toInstant().toString());
            facts.put("validTo", each.getNotAfter().toInstant().toString());
            all.add(facts);
        }
        return all;
    }

    /** What of the chain ends within a month, in words; empty when nothing does. */
    String ending(Instant now) {
        for (X509Certificate each : certificates) {
            Instant end = each.getNotAfter().toInstant();
            if (end.isBefore(now.plus(SOON))) {
                long days = Math.max(0, Duration.between(now, end).toDays());
                return "the certificate of " + each.getSubjectX500Principal().getName() + " ends in " + days
                        + (days == 1 ? " day" : " days");
            }
        }
        return "";
    }
}
