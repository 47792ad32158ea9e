package io.godwit.nodemcu;

import io.godwit.mqtt.client.net.Tls;
import io.godwit.mqtt.client.net.TransportOptions;

/** Turns the module's {@code secure} argument into the TLS settings of a road. */
final class Protection {

    private Protection() {}

    static void apply(Secure secure, TransportOptions.Builder road) {
        if (secure instanceof Secure.On on) {
            road.tls(on.verified() ? Tls.system() : Tls.builder().insecure().build());
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
            road.tls(tls.build());
        }
    }
}
