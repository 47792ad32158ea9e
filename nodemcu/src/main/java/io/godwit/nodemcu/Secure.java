package io.godwit.nodemcu;

import org.jspecify.annotations.Nullable;

/** The {@code secure} argument of {@code connect}. */
public sealed interface Secure {

    /** {@code 0}: no TLS. */
    static Secure off() {
        return new Off();
    }

    /** {@code 1} in Java: TLS, the server verified against the trust store of the JVM. */
    static Secure on() {
        return new On(true);
    }

    /** {@code 1} as on the device: TLS without verification, which does not protect against an attacker in the network. */
    static Secure unverified() {
        return new On(false);
    }

    /**
     * The table form: PEM text, never the path of a file. With a CA the server is verified against it; without one it is
     * not, as on the device.
     *
     * @throws IllegalArgumentException if a value is not PEM text, or only one of certificate and key is given
     */
    static Secure pem(@Nullable String caCert, @Nullable String clientCert, @Nullable String clientKey) {
        return new Pem(caCert, clientCert, clientKey);
    }

    /** No TLS. */
    record Off() implements Secure {}

    /** TLS, with or without verification by the JVM's trust store. */
    record On(boolean verified) implements Secure {}

    /** TLS with PEM text. */
    record Pem(
            @Nullable String caCert,
            @Nullable String clientCert,
            @Nullable String clientKey) implements Secure {
        private static final String BEGIN = "-----BEGIN ";

        public Pem {
            check("ca_cert", caCert);
            check("client_cert", clientCert);
            check("client_key", clientKey);
            if ((clientCert == null) != (clientKey == null)) {
                throw new IllegalArgumentException("mutual authentication needs both client_cert and client_key, and "
                        + (clientCert == null ? "client_cert" : "client_key") + " is missing");
            }
        }

        /** What is not PEM text would be taken for a path of the host further down. */
        private static void check(String name, @Nullable String value) {
            if (value != null && !value.contains(BEGIN)) {
                throw new IllegalArgumentException(name + " is not PEM text: it must contain \"" + BEGIN + "...\"");
            }
        }

        /** Without the key. */
        @Override
        public String toString() {
            return "Pem[ca=" + (caCert != null) + ", client=" + (clientCert != null) + "]";
        }
    }
}
