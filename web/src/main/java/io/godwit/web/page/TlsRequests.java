package io.godwit.web.page;

import io.godwit.mqtt.client.net.Tls;
import org.jspecify.annotations.Nullable;

/** What the page says about TLS when it adds a broker: PEM text, never the name of a file of the server. */
final class TlsRequests {
    private static final String BEGIN = "-----BEGIN ";

    private TlsRequests() {}

    /** The options in {@code "tls"} of a request, or null if it has none. */
    static @Nullable Tls of(Request request) throws RequestException {
        Request asked = request.object("tls");
        if (asked == null) {
            return null;
        }
        String certificate = pem(asked, "certificate", "the client certificate");
        String key = pem(asked, "key", "the client's private key");
        if (certificate != null && key == null) {
            throw RequestException.invalid("a client certificate needs its private key: choose that file too");
        }
        if (certificate == null && key != null) {
            throw RequestException.invalid("a private key needs its client certificate: choose that file too");
        }
        Tls.Builder tls = Tls.builder();
        String ca = pem(asked, "ca", "the certificate authority");
        boolean insecure = asked.flag("insecure");
        if (ca != null && insecure) {
            throw RequestException.invalid(
                    "a certificate authority is of no use when the server is not verified: remove one of both");
        }
        if (ca != null) {
            tls.ca(ca);
        }
        if (certificate != null && key != null) {
            tls.certificate(certificate).key(key);
        }
        String password = asked.textOr("keyPassword", null);
        if (password != null) {
            if (key == null) {
                throw RequestException.invalid("a password of a key needs the key: choose its file");
            }
            tls.keyPassword(password);
        }
        if (insecure) {
            tls.insecure();
        }
        return Places.checked(tls::build);
    }

    private static @Nullable String pem(Request asked, String name, String what) throws RequestException {
        String text = asked.textOr(name, null);
        if (text != null && !text.contains(BEGIN)) {
            throw RequestException.invalid(
                    what + " is not in PEM: the file has no line that starts with \"" + BEGIN.strip() + "\"");
        }
        return text;
    }
}
