package io.godwit.nodemcu;

import io.godwit.mqtt.client.net.Tls;
import io.godwit.mqtt.client.net.TransportOptions;

/** Turns the module's {@code secure} argument into TLS options. */
final class SecureOptions {

    private SecureOptions() {}

    static void apply(Secure secure, TransportOptions.Builder transport) {
        if (secure instanceof Secure.On on) {
            transport.tls(
                    on.verified() ? Tls.system() : Tls.builder().insecure().build());
        } else if (secure instanceof Secure.Pem pem) {
            Tls.Builder tls = Tls.builder();
            if (pem.caCert() != null) {
                tls.ca(pem.caCert());
            } else {
                tls.insecure();
            }
            if (pem.clientCert() != null && pem.clientKey() != null) {
                tls.certificate(pem.clientCert());
                tls.key(pem.clientKey());
            }
            transport.tls(tls.build());
        }
    }
}
