package io.godwit.mqtt.client.net;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509KeyManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS options: which servers to trust, the client's certificate, versions and ciphers. By default the system's certificate
 * authorities are trusted and the certificate must name the host. Files are read again at each connect, so a rotated
 * certificate needs no restart. Share one instance between clients: it is immutable, and TLS sessions are resumed per
 * instance.
 */
public final class Tls {

    /** The TLS implementations. */
    public enum Engine {
        /** BoringSSL if its jar and native library are available and all options apply to it, else the JDK. */
        AUTO,
        /** The JDK's own. */
        JDK,
        /** BoringSSL, from {@code io.netty:netty-tcnative-boringssl-static}; without it, connecting fails. */
        BORINGSSL
    }

    /**
     * Key material in a file, which is read at each connect, or as text. {@link #toString()} never shows the material.
     */
    public static final class Source {

        /** Set once; exactly one of both. */
        private final @Nullable Path file;

        private final byte @Nullable [] content;

        private Source(@Nullable Path file, byte @Nullable [] content) {
            this.file = file;
            this.content = content;
        }

        private static Source of(String pemOrFile) {
            return pemOrFile.contains("-----BEGIN")
                    ? new Source(null, pemOrFile.getBytes(StandardCharsets.UTF_8))
                    : new Source(Path.of(pemOrFile), null);
        }

        /** The current content. Blocks. */
        public byte[] read() throws IOException {
            return file != null
                    ? Files.readAllBytes(file)
                    : Objects.requireNonNull(content).clone();
        }

        /** The file, or "the given text". */
        @Override
        public String toString() {
            return file != null ? file.toString() : "the given text";
        }
    }

    private static final Tls SYSTEM = builder().build();

    /** Set once. */
    private final @Nullable Source ca;

    private final @Nullable Source certificate;
    private final @Nullable Source key;
    private final @Nullable String keyPassword;
    private final @Nullable Source keyStore;
    private final @Nullable String keyStorePassword;
    private final @Nullable Source trustStore;
    private final @Nullable String trustStorePassword;
    private final List<String> applicationProtocols;
    private final List<String> versions;
    private final List<String> ciphers;
    private final List<String> pins;
    private final @Nullable String serverName;
    private final boolean hostNameChecked;
    private final boolean insecure;
    private final Engine engine;
    private final @Nullable SSLContext sslContext;
    private final @Nullable KeyManagerFactory keyManagerFactory;
    private final @Nullable X509KeyManager keyManager;
    private final @Nullable X509TrustManager trustManager;

    private Tls(Builder builder) {
        ca = builder.ca;
        certificate = builder.certificate;
        key = builder.key;
        keyPassword = builder.keyPassword;
        keyStore = builder.keyStore;
        keyStorePassword = builder.keyStorePassword;
        trustStore = builder.trustStore;
        trustStorePassword = builder.trustStorePassword;
        applicationProtocols = builder.applicationProtocols;
        versions = builder.versions;
        ciphers = builder.ciphers;
        pins = List.copyOf(builder.pins);
        serverName = builder.serverName;
        hostNameChecked = builder.hostNameChecked;
        insecure = builder.insecure;
        engine = builder.engine;
        sslContext = builder.sslContext;
        keyManagerFactory = builder.keyManagerFactory;
        keyManager = builder.keyManager;
        trustManager = builder.trustManager;
        check();
    }

    private void check() {
        if (certificate != null && key == null || certificate == null && key != null) {
            throw new IllegalArgumentException("a client certificate needs both certificate(...) and key(...)");
        }
        if (keyPassword != null && key == null) {
            throw new IllegalArgumentException(
                    "keyPassword(...) is set without key(...): add the key, or remove the password");
        }
        onlyOne(
                "the client's certificate",
                certificate == null ? null : "certificate(...)",
                keyStore == null ? null : "keyStore(...)",
                keyManagerFactory == null ? null : "keyManagerFactory(...)",
                keyManager == null ? null : "keyManager(...)",
                sslContext == null ? null : "sslContext(...)");
        onlyOne(
                "the servers to trust",
                ca == null ? null : "ca(...)",
                trustStore == null ? null : "trustStore(...)",
                trustManager == null ? null : "trustManager(...)",
                insecure ? "insecure()" : null,
                sslContext == null ? null : "sslContext(...)");
        if (sslContext != null && !pins.isEmpty()) {
            throw new IllegalArgumentException(
                    "pin(...) doesn't work with sslContext(...), whose trust manager alone sees the"
                            + " validated path: pass the trust manager with trustManager(...) instead of the SSLContext");
        }
        boolean jdkOnly = sslContext != null || keyManager != null || keyManagerFactory != null;
        if (engine == Engine.BORINGSSL && jdkOnly) {
            throw new IllegalArgumentException((sslContext != null ? "sslContext(...)" : "a key manager")
                    + " works with the JDK's engine only, because BoringSSL needs the bytes of the private key: remove"
                    + " engine(BORINGSSL), or pass the key with certificate(...) and key(...) or keyStore(...)");
        }
    }

    private static void onlyOne(String what, @Nullable String... given) {
        String all = null;
        boolean several = false;
        for (String each : given) {
            if (each != null) {
                several = all != null;
                all = several ? all + " and " + each : each;
            }
        }
        if (several) {
            throw new IllegalArgumentException(what + " must come from one source, not from " + all);
        }
    }

    /** The default: the system's certificate authorities, the host name checked, no client certificate. */
    public static Tls system() {
        return SYSTEM;
    }

    /** A builder that starts from {@link #system()}. */
    public static Builder builder() {
        return new Builder();
    }

    /** The certificate authorities to trust, PEM; {@code null}: those of {@link #trustStore()} or {@link #trustManager()}, or the system's. */
    public @Nullable Source ca() {
        return ca;
    }

    /** The client's certificate and its chain, PEM. */
    public @Nullable Source certificate() {
        return certificate;
    }

    /** The client's private key, PEM. */
    public @Nullable Source key() {
        return key;
    }

    /** The password of {@link #key()}. */
    public @Nullable String keyPassword() {
        return keyPassword;
    }

    /** The client's certificate and key, PKCS#12 or JKS. */
    public @Nullable Source keyStore() {
        return keyStore;
    }

    /** The password of {@link #keyStore()} and of the key in it. */
    public @Nullable String keyStorePassword() {
        return keyStorePassword;
    }

    /** The certificate authorities to trust, PKCS#12 or JKS. */
    public @Nullable Source trustStore() {
        return trustStore;
    }

    /** The password of {@link #trustStore()}. */
    public @Nullable String trustStorePassword() {
        return trustStorePassword;
    }

    /** The ALPN protocols to offer, in order; empty: no ALPN. */
    public List<String> applicationProtocols() {
        return applicationProtocols;
    }

    /** The permitted versions, such as {@code TLSv1.3}; empty: the engine's default, 1.2 and 1.3. */
    public List<String> versions() {
        return versions;
    }

    /** The permitted cipher suites, by their standard names; empty: the engine's default. */
    public List<String> ciphers() {
        return ciphers;
    }

    /** SHA-256 digests in lower-case hex, one of which must match the validated path, see {@link Builder#pin}. */
    public List<String> pins() {
        return pins;
    }

    /** The name for SNI and for the host name check; {@code null}: the host of the address. */
    public @Nullable String serverName() {
        return serverName;
    }

    /** Whether the certificate must name the host. */
    public boolean hostNameChecked() {
        return hostNameChecked;
    }

    /** Whether every certificate is accepted, except for the pins. */
    public boolean isInsecure() {
        return insecure;
    }

    /** The TLS implementation to use. */
    public Engine engine() {
        return engine;
    }

    /** The application's own context, or {@code null}. */
    public @Nullable SSLContext sslContext() {
        return sslContext;
    }

    /** Supplies the client's certificate and key, or {@code null}. */
    public @Nullable KeyManagerFactory keyManagerFactory() {
        return keyManagerFactory;
    }

    /** Supplies the client's certificate and key, or {@code null}. */
    public @Nullable X509KeyManager keyManager() {
        return keyManager;
    }

    /** Decides which servers to trust, or {@code null}. */
    public @Nullable X509TrustManager trustManager() {
        return trustManager;
    }

    /** Whether the client has a certificate to present, from whatever source. */
    public boolean hasClientCertificate() {
        return certificate != null
                || keyStore != null
                || keyManager != null
                || keyManagerFactory != null
                || sslContext != null;
    }

    /** Whether any option differs from {@link #system()}. */
    public boolean isConfigured() {
        return hasClientCertificate()
                || ca != null
                || trustStore != null
                || trustManager != null
                || insecure
                || !hostNameChecked
                || serverName != null
                || engine != Engine.AUTO
                || !(pins.isEmpty() && applicationProtocols.isEmpty() && versions.isEmpty() && ciphers.isEmpty());
    }

    /** Where everything comes from; no password, no key. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("Tls[");
        if (sslContext != null) {
            text.append("own SSLContext");
        } else if (insecure) {
            text.append("INSECURE");
        } else {
            text.append("trust=")
                    .append(
                            ca != null
                                    ? ca
                                    : trustStore != null ? trustStore : trustManager != null ? "own" : "system");
        }
        if (!hostNameChecked && !insecure) {
            text.append(", host name not checked");
        }
        if (certificate != null || keyStore != null) {
            text.append(", certificate=").append(certificate != null ? certificate : keyStore);
        } else if (keyManager != null || keyManagerFactory != null) {
            text.append(", certificate=from a key manager");
        }
        if (!pins.isEmpty()) {
            text.append(", pins=").append(pins.size());
        }
        if (!applicationProtocols.isEmpty()) {
            text.append(", alpn=").append(applicationProtocols);
        }
        if (!versions.isEmpty()) {
            text.append(", versions=").append(versions);
        }
        if (serverName != null) {
            text.append(", serverName=").append(serverName);
        }
        return text.append(", engine=").append(engine).append(']').toString();
    }

    /** Builds a {@link Tls}. Nothing is read before the first connect. Not thread-safe. */
    public static final class Builder {

        private @Nullable Source ca;
        private @Nullable Source certificate;
        private @Nullable Source key;
        private @Nullable String keyPassword;
        private @Nullable Source keyStore;
        private @Nullable String keyStorePassword;
        private @Nullable Source trustStore;
        private @Nullable String trustStorePassword;
        private List<String> applicationProtocols = List.of();
        private List<String> versions = List.of();
        private List<String> ciphers = List.of();
        private final List<String> pins = new ArrayList<>();
        private @Nullable String serverName;
        private boolean hostNameChecked = true;
        private boolean insecure;
        private Engine engine = Engine.AUTO;
        private @Nullable SSLContext sslContext;
        private @Nullable KeyManagerFactory keyManagerFactory;
        private @Nullable X509KeyManager keyManager;
        private @Nullable X509TrustManager trustManager;

        private Builder() {}

        /**
         * Trusts these certificates, and no longer the system's.
         *
         * @param pemOrFile one or more certificates as PEM text, or the path of such a file
         */
        public Builder ca(String pemOrFile) {
            ca = Source.of(pemOrFile);
            return this;
        }

        /** Trusts the certificates in this PEM file, and no longer the system's. */
        public Builder ca(Path file) {
            ca = new Source(file, null);
            return this;
        }

        /**
         * The client's certificate, followed by those between it and the authority.
         *
         * @param pemOrFile PEM text, or the path of a PEM file
         */
        public Builder certificate(String pemOrFile) {
            certificate = Source.of(pemOrFile);
            return this;
        }

        /** The client's certificate, followed by those between it and the authority, in a PEM file. */
        public Builder certificate(Path file) {
            certificate = new Source(file, null);
            return this;
        }

        /**
         * The client's private key: PKCS#8, PKCS#1 (RSA) or SEC1 (EC), encrypted or not.
         *
         * @param pemOrFile PEM text, or the path of a PEM file
         */
        public Builder key(String pemOrFile) {
            key = Source.of(pemOrFile);
            return this;
        }

        /** The client's private key in a PEM file: PKCS#8, PKCS#1 (RSA) or SEC1 (EC), encrypted or not. */
        public Builder key(Path file) {
            key = new Source(file, null);
            return this;
        }

        /** The password of an encrypted {@link #key(Path) key}. */
        public Builder keyPassword(@Nullable String password) {
            keyPassword = password;
            return this;
        }

        /** The client's certificate and key in a PKCS#12 or JKS file. */
        public Builder keyStore(Path file, String password) {
            keyStore = new Source(file, null);
            keyStorePassword = Objects.requireNonNull(password);
            return this;
        }

        /** Trusts the certificates in this PKCS#12 or JKS file, and no longer the system's. */
        public Builder trustStore(Path file, String password) {
            trustStore = new Source(file, null);
            trustStorePassword = Objects.requireNonNull(password);
            return this;
        }

        /**
         * The application's own context, in place of all key material and trust. Versions, ciphers, ALPN, server name and
         * host name check still apply; pins don't. Uses the JDK's engine.
         */
        public Builder sslContext(SSLContext context) {
            sslContext = Objects.requireNonNull(context, "context");
            return this;
        }

        /**
         * Supplies the client's certificate and key, also for keys that can't be exported (PKCS#11, TPM). Must be
         * initialized. Asked again at each handshake. Uses the JDK's engine.
         */
        public Builder keyManagerFactory(KeyManagerFactory factory) {
            keyManagerFactory = Objects.requireNonNull(factory, "factory");
            return this;
        }

        /**
         * Supplies the client's certificate and key, also for keys that can't be exported (PKCS#11, TPM). Asked again at each
         * handshake. Uses the JDK's engine.
         *
         * @throws IllegalArgumentException unless it is an {@link X509KeyManager}
         */
        public Builder keyManager(KeyManager manager) {
            if (!(manager instanceof X509KeyManager x509)) {
                throw new IllegalArgumentException("the key manager must be an X509KeyManager, but is a "
                        + manager.getClass().getName());
            }
            keyManager = x509;
            return this;
        }

        /**
         * Decides which servers to trust, in place of the system's authorities. The host name and the pins are still checked.
         * A trust manager that names no accepted issuers leaves only the server's own certificate to be pinned. Works with
         * both engines.
         *
         * @throws IllegalArgumentException unless it is an {@link X509TrustManager}
         */
        public Builder trustManager(TrustManager manager) {
            if (!(manager instanceof X509TrustManager x509)) {
                throw new IllegalArgumentException("the trust manager must be an X509TrustManager, but is a "
                        + manager.getClass().getName());
            }
            trustManager = x509;
            return this;
        }

        /**
         * The ALPN protocols (RFC 7301) to offer, in order, such as {@code x-amzn-mqtt-ca} for AWS IoT on port 443. None by
         * default.
         */
        public Builder applicationProtocols(String... protocols) {
            applicationProtocols = List.of(protocols);
            return this;
        }

        /** The permitted versions, such as {@code TLSv1.3}. The engine's default is 1.2 and 1.3. */
        public Builder versions(String... versions) {
            this.versions = List.of(versions);
            return this;
        }

        /** The permitted cipher suites, by their standard names. */
        public Builder ciphers(String... ciphers) {
            this.ciphers = List.of(ciphers);
            return this;
        }

        /**
         * Requires, in addition to all other checks, a certificate or public key with this SHA-256 digest on the validated
         * path, from the server's certificate to the trusted authority, whether or not the server sends that. With
         * {@link #insecure()} nothing is validated, so only the server's own certificate counts. Several pins may be given, and
         * one must match, so that the next key can be pinned ahead of time.
         *
         * @param sha256 64 hex digits, with or without colons; or {@code sha256/} and Base64, as in HPKP. Of the certificate,
         *     or of its SubjectPublicKeyInfo
         * @throws IllegalArgumentException if it isn't a SHA-256 digest
         */
        public Builder pin(String sha256) {
            pins.add(pinToHex(sha256));
            return this;
        }

        /** The name for SNI and for the host name check, if it isn't the host of the address. */
        public Builder serverName(@Nullable String name) {
            serverName = name;
            return this;
        }

        /**
         * Whether the certificate must name the host: true by default. Otherwise, anybody with a certificate from a trusted
         * authority can impersonate the broker; a warning is logged at each connect.
         */
        public Builder hostNameChecked(boolean checked) {
            hostNameChecked = checked;
            return this;
        }

        /**
         * Accepts every certificate, so that anybody on the network can read and alter everything. For tests; a warning is
         * logged at each connect. A {@link #pin pin} must still match the server's own certificate or key.
         */
        public Builder insecure() {
            insecure = true;
            return this;
        }

        /** The TLS implementation: {@link Engine#AUTO} by default. */
        public Builder engine(Engine engine) {
            this.engine = Objects.requireNonNull(engine);
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if settings contradict each other, or a certificate has no key; the message says how
         *     to fix them
         */
        public Tls build() {
            return new Tls(this);
        }

        private static String pinToHex(String sha256) {
            byte[] sum = null;
            try {
                if (sha256.startsWith("sha256/")) {
                    sum = Base64.getDecoder().decode(sha256.substring(7));
                } else {
                    sum = HexFormat.of().parseHex(sha256.replace(":", ""));
                }
            } catch (IllegalArgumentException e) {
                sum = null;
            }
            if (sum == null || sum.length != 32) {
                throw new IllegalArgumentException("invalid pin '" + sha256
                        + "': must be a SHA-256 digest of 64 hex digits, with or without colons, or sha256/ and 44 characters"
                        + " of Base64");
            }
            return HexFormat.of().formatHex(sum);
        }
    }
}
