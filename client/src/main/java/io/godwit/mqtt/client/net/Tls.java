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
import org.jspecify.annotations.Nullable;

/**
 * How to speak TLS: whom to trust, who we are, and what to insist on. By default the system's certificate authorities
 * are trusted and the certificate must name the host. Files are read again at each connect, so a rotated certificate
 * needs no restart. Share one instance between clients: it is immutable, and TLS sessions are resumed per instance.
 */
public final class Tls {

    /** Which library does the sums. */
    public enum Engine {
        /** BoringSSL when its jar and its native library are there, else the JDK. */
        AUTO,
        /** The JDK's own. */
        JDK,
        /** BoringSSL, from {@code io.netty:netty-tcnative-boringssl-static}; an error at connect without it. */
        BORINGSSL
    }

    /**
     * Key material in a file, which is read at each connect, or in a text. {@link #toString()} shows where it is, not
     * what it is.
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

        /** The content as it is now. Blocks. */
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
        if (certificate != null && key == null || certificate == null && key != null) {
            throw new IllegalArgumentException("a client certificate needs both: certificate(...) and key(...)");
        }
        if (certificate != null && keyStore != null) {
            throw new IllegalArgumentException(
                    "a client certificate comes from PEM or from a key store, not from both");
        }
        if (ca != null && trustStore != null) {
            throw new IllegalArgumentException(
                    "whom to trust comes from ca(...) or from trustStore(...), not from both");
        }
    }

    /** The system's trust, the host name checked, no client certificate: what is used unless something else is said. */
    public static Tls system() {
        return SYSTEM;
    }

    /** A builder that starts from {@link #system()}. */
    public static Builder builder() {
        return new Builder();
    }

    /** The certificate authorities to trust, PEM; {@code null} means {@link #trustStore()} or the system's. */
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

    /** What ALPN offers, in order; empty: no ALPN. */
    public List<String> applicationProtocols() {
        return applicationProtocols;
    }

    /** The versions that may be spoken, such as {@code TLSv1.3}; empty: the engine's default, 1.2 and 1.3. */
    public List<String> versions() {
        return versions;
    }

    /** The cipher suites that may be used, by their standard names; empty: the engine's default. */
    public List<String> ciphers() {
        return ciphers;
    }

    /** SHA-256 sums in lower-case hex, of which one has to be that of a certificate or key in the server's chain. */
    public List<String> pins() {
        return pins;
    }

    /** The name that SNI sends and the certificate must have; {@code null}: the host of the address. */
    public @Nullable String serverName() {
        return serverName;
    }

    /** Whether the certificate must name the host. */
    public boolean hostNameChecked() {
        return hostNameChecked;
    }

    /** Whether every certificate is taken, except for the pins. */
    public boolean isInsecure() {
        return insecure;
    }

    /** Which library does the sums. */
    public Engine engine() {
        return engine;
    }

    /** For people: where everything comes from; no password, no key. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("Tls[");
        text.append(insecure ? "INSECURE" : "trust=" + (ca != null ? ca : trustStore != null ? trustStore : "system"));
        if (!hostNameChecked && !insecure) {
            text.append(", host name not checked");
        }
        if (certificate != null || keyStore != null) {
            text.append(", certificate=").append(certificate != null ? certificate : keyStore);
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

    /** Collects what a {@link Tls} is made of. Nothing is read before the first connect. Not for several threads. */
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
         * What ALPN (RFC 7301) offers, in order, such as {@code x-amzn-mqtt-ca} for AWS IoT on port 443. None by
         * default.
         */
        public Builder applicationProtocols(String... protocols) {
            applicationProtocols = List.of(protocols);
            return this;
        }

        /** The versions that may be spoken, such as {@code TLSv1.3}. The engine's default is 1.2 and 1.3. */
        public Builder versions(String... versions) {
            this.versions = List.of(versions);
            return this;
        }

        /** The cipher suites that may be used, by their standard names. */
        public Builder ciphers(String... ciphers) {
            this.ciphers = List.of(ciphers);
            return this;
        }

        /**
         * Insists, besides all other checks, on a certificate or public key with this SHA-256 sum in the server's
         * chain. May be called several times: one of them has to match, so that the next key can be pinned ahead.
         *
         * @param sha256 64 hex digits, with or without colons; or {@code sha256/} and Base64, as HPKP writes it. Of
         *     the certificate, or of its SubjectPublicKeyInfo
         * @throws IllegalArgumentException if it is no SHA-256 sum
         */
        public Builder pin(String sha256) {
            pins.add(pinToHex(sha256));
            return this;
        }

        /** The name that SNI sends and the certificate must have, where it is not the host of the address. */
        public Builder serverName(@Nullable String name) {
            serverName = name;
            return this;
        }

        /**
         * Whether the certificate must name the host: yes by default. Without it, whoever has any certificate of a
         * trusted authority can play the broker; a warning is logged at each connect.
         */
        public Builder hostNameChecked(boolean checked) {
            hostNameChecked = checked;
            return this;
        }

        /**
         * Takes every certificate, of whomever, for whatever host, however old. Whoever sits between can read and
         * alter everything. For tests; a warning is logged at each connect. {@link #pin Pins} are still insisted on.
         */
        public Builder insecure() {
            insecure = true;
            return this;
        }

        /** Which library does the sums: {@link Engine#AUTO} by default. */
        public Builder engine(Engine engine) {
            this.engine = Objects.requireNonNull(engine);
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if a certificate has no key or a key no certificate, or if PEM and key
         *     stores contradict each other
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
                throw new IllegalArgumentException("'" + sha256
                        + "' is no SHA-256 sum: write 64 hex digits, with or without colons, or sha256/ and 44"
                        + " characters of Base64");
            }
            return HexFormat.of().formatHex(sum);
        }
    }
}
