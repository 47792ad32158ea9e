package io.godwit.mqtt.client.transport.tls;

import io.netty.util.NetUtil;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * Compares a host with the names in a certificate (RFC 9525), for the two cases that the JDK doesn't cover: a host name with an
 * underscore, as container networks have them, and a trust manager of the application that knows no host names.
 */
final class HostNames {

    private static final int DNS = 2;
    private static final int IP = 7;

    private HostNames() {}

    /** Whether the JDK can check this host itself. */
    static boolean isCheckedByJdk(String host) {
        return host.indexOf('_') < 0;
    }

    /** Whether the certificate is for this host: a DNS name without the final dot, or a literal address. */
    static boolean match(X509Certificate certificate, String host) {
        List<String> names = new ArrayList<>();
        boolean alternatives = false;
        byte[] address = NetUtil.createByteArrayFromIpAddressString(host);
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            for (List<?> each : all == null ? List.<List<?>>of() : all) {
                int kind = (Integer) each.get(0);
                String name = String.valueOf(each.get(1));
                alternatives |= kind == DNS || kind == IP;
                if (kind == DNS && address == null) {
                    names.add(name);
                } else if (kind == IP
                        && address != null
                        && Arrays.equals(address, NetUtil.createByteArrayFromIpAddressString(name))) {
                    return true;
                }
            }
        } catch (CertificateParsingException e) {
            return false;
        }
        if (!alternatives && address == null) {
            names.addAll(commonNames(certificate));
        }
        String wanted = normalized(host);
        return names.stream().anyMatch(name -> matches(normalized(name), wanted));
    }

    private static List<String> commonNames(X509Certificate certificate) {
        try {
            for (Rdn each : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if (each.getType().equalsIgnoreCase("CN")) {
                    return List.of(String.valueOf(each.getValue()));
                }
            }
        } catch (InvalidNameException e) {
            return List.of();
        }
        return List.of();
    }

    private static String normalized(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    /** A wildcard stands for exactly one label, the first one, and needs two labels after it. */
    private static boolean matches(String pattern, String host) {
        if (!pattern.startsWith("*.")) {
            return !pattern.isEmpty() && pattern.indexOf('*') < 0 && pattern.equals(host);
        }
        String suffix = pattern.substring(1);
        int dot = host.indexOf('.');
        return dot > 0
                && suffix.indexOf('*') < 0
                && suffix.indexOf('.', 1) > 0
                && host.substring(dot).equals(suffix);
    }
}
