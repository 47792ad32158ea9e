package io.godwit.nodemcu;

import org.jspecify.annotations.Nullable;

/** How a connection is protected: the {@code secure} argument of {@code connect}. */
public sealed interface Secure {

    /** {@code 0}: no TLS. */
    static Secure off() {
        return new Off();
    }

    /** {@code 1} in Java: TLS, the server verified with the trust store of the JVM. */
    static Secure on() {
        return new On(true);
    }

    /** {@code 1} as the device takes it: TLS without verification. Anyone on the way can read along. */
    static Secure unverified() {
        return new On(false);
    }

    /**
     * The table form. A CA means that the server is verified against it; without one it is not, as on the device.
     *
     * @throws IllegalArgumentException when only one of certificate and key is given
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
        public Pem {
            if ((clientCert == null) != (clientKey == null)) {
                throw new IllegalArgumentException(
                        "client_cert and client_key are both needed for mutual authentication, or none of them");
            }
        }

        /** Without the key. */
        @Override
        public String toString() {
            return "Pem[ca=" + (caCert != null) + ", client=" + (clientCert != null) + "]";
        }
    }
}
