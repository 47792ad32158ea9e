package io.godwit.mqtt.client.transport.tls;

import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.Tls;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.WeakHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Builds Netty's TLS contexts from the user's {@link Tls} options. Reads all key material at each connect, but builds a new context
 * only if a byte of it has changed: so a rotated certificate is used at once, many clients share one context, and sessions are
 * resumed. Blocks: not on an event loop.
 */
public final class TlsContexts {

    private static final byte[] SAMPLE = {1, 2, 3};

    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by lock. By identity: {@link Tls} has no equality of its own. */
    private final Map<Tls, Made> made = new WeakHashMap<>();

    /** A context and the digest of the bytes that it was built from. */
    private record Made(byte[] digest, SslContext context) {}

    /** What was read from the sources of the options. */
    private record Material(
            byte @Nullable [] ca,
            byte @Nullable [] certificate,
            byte @Nullable [] key,
            byte @Nullable [] keyStore,
            byte @Nullable [] trustStore) {

        static Material read(Tls tls) throws IOException {
            return new Material(
                    content("the CA certificates", tls.ca()),
                    content("the client certificate", tls.certificate()),
                    content("the private key", tls.key()),
                    content("the key store", tls.keyStore()),
                    content("the trust store", tls.trustStore()));
        }

        private static byte @Nullable [] content(String what, Tls.@Nullable Source source) throws IOException {
            if (source == null) {
                return null;
            }
            try {
                return source.read();
            } catch (NoSuchFileException e) {
                throw new IOException("cannot read " + what + ": no such file: " + source, e);
            } catch (AccessDeniedException e) {
                throw new IOException("cannot read " + what + ": no permission to read " + source, e);
            } catch (IOException e) {
                throw new IOException("cannot read " + what + " from " + source + ": " + e.getMessage(), e);
            }
        }

        byte[] sum() throws GeneralSecurityException {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (byte[] each : new byte[][] {ca, certificate, key, keyStore, trustStore}) {
                if (each == null) {
                    digest.update((byte) 0);
                } else {
                    digest.update(Integer.toString(each.length).getBytes(StandardCharsets.US_ASCII));
                    digest.update((byte) 1);
                    digest.update(each);
                }
            }
            return digest.digest();
        }
    }

    /**
     * The context for the options and the current content of their files.
     *
     * @throws IOException the message says which source is invalid, and why
     */
    public SslContext load(Tls tls) throws IOException, GeneralSecurityException {
        Material material = Material.read(tls);
        byte[] sum = material.sum();
        lock.lock();
        try {
            Made known = made.get(tls);
            if (known != null && MessageDigest.isEqual(known.digest, sum)) {
                return known.context;
            }
        } finally {
            lock.unlock();
        }
        SslContext context = make(tls, material);
        lock.lock();
        try {
            made.put(tls, new Made(sum, context));
        } finally {
            lock.unlock();
        }
        return context;
    }

    private static SslContext make(Tls tls, Material material) throws IOException, GeneralSecurityException {
        try {
            return tls.sslContext() != null ? wrap(tls.sslContext(), tls) : build(tls, material);
        } catch (IllegalArgumentException e) {
            throw new IOException("the TLS options don't fit together: " + e.getMessage(), e);
        }
    }

    private static SslContext build(Tls tls, Material material) throws IOException, GeneralSecurityException {
        SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(provider(tls));
        boolean checked = tls.hostNameChecked() && !tls.isInsecure();
        builder.trustManager(new ServerTrust(
                tls.isInsecure() ? null : trustManager(tls, material),
                tls.trustManager() != null,
                tls.pins(),
                checked));
        builder.endpointIdentificationAlgorithm(checked ? "HTTPS" : "");
        if (material.certificate != null && material.key != null) {
            PrivateKey key = key(tls, material.key);
            List<X509Certificate> chain = certificates("certificate", tls.certificate(), material.certificate);
            if (!fit(key, chain.get(0))) {
                throw new IOException("the private key in " + tls.key() + " doesn't belong to the first certificate in "
                        + tls.certificate() + " (" + Certificates.describe(chain.get(0)) + ")");
            }
            builder.keyManager(key, chain);
        } else if (material.keyStore != null) {
            addKeyStore(builder, tls, material.keyStore);
        } else if (tls.keyManager() != null) {
            builder.keyManager(tls.keyManager());
        } else if (tls.keyManagerFactory() != null) {
            builder.keyManager(tls.keyManagerFactory());
        }
        if (!tls.versions().isEmpty()) {
            builder.protocols(tls.versions());
        }
        if (!tls.ciphers().isEmpty()) {
            builder.ciphers(tls.ciphers());
        }
        ApplicationProtocolConfig alpn = alpn(tls);
        if (alpn != null) {
            builder.applicationProtocolConfig(alpn);
        }
        return builder.build();
    }

    private static SslContext wrap(SSLContext context, Tls tls) {
        return new JdkSslContext(
                context,
                true,
                tls.ciphers().isEmpty() ? null : tls.ciphers(),
                tls.ciphers().isEmpty() ? SupportedCipherSuiteFilter.INSTANCE : IdentityCipherSuiteFilter.INSTANCE,
                alpn(tls),
                ClientAuth.NONE,
                tls.versions().isEmpty() ? null : tls.versions().toArray(new String[0]),
                false);
    }

    private static @Nullable ApplicationProtocolConfig alpn(Tls tls) {
        return tls.applicationProtocols().isEmpty()
                ? null
                : new ApplicationProtocolConfig(
                        Protocol.ALPN,
                        SelectorFailureBehavior.NO_ADVERTISE,
                        SelectedListenerFailureBehavior.ACCEPT,
                        tls.applicationProtocols());
    }

    /**
     * The handler that encrypts a connection to this server. A host name with an underscore isn't sent as SNI: servers on the JDK
     * reject the handshake for it.
     */
    public static SslHandler handler(
            SslContext context, Tls tls, ByteBufAllocator allocator, ServerAddress server, Executor delegatedTasks) {
        String host = tls.serverName() != null ? tls.serverName() : server.host();
        SslHandler handler = context.newHandler(allocator, host, server.port(), delegatedTasks);
        handler.setHandshakeTimeoutMillis(0);
        SSLEngine engine = handler.engine();
        if (tls.sslContext() != null) {
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm(tls.hostNameChecked() ? "HTTPS" : "");
            engine.setSSLParameters(parameters);
        }
        return handler;
    }

    private static SslProvider provider(Tls tls) throws IOException {
        boolean jdkOnly = tls.engine() == Tls.Engine.JDK || tls.keyManager() != null || tls.keyManagerFactory() != null;
        boolean available = !jdkOnly && OpenSsl.isAvailable();
        if (tls.engine() == Tls.Engine.BORINGSSL && !available) {
            throw new IOException(
                    "the BoringSSL engine is not available: add io.netty:netty-tcnative-boringssl-static for this"
                            + " platform, or use Engine.AUTO",
                    OpenSsl.unavailabilityCause());
        }
        return available ? SslProvider.OPENSSL : SslProvider.JDK;
    }

    private static X509TrustManager trustManager(Tls tls, Material material)
            throws IOException, GeneralSecurityException {
        if (tls.trustManager() != null) {
            return tls.trustManager();
        }
        KeyStore trusted = null;
        if (material.ca != null) {
            trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            int count = 0;
            for (X509Certificate each : certificates("CA certificates", tls.ca(), material.ca)) {
                trusted.setCertificateEntry("ca-" + count++, each);
            }
        } else if (material.trustStore != null) {
            trusted = keyStore("trust store", tls.trustStore(), material.trustStore, tls.trustStorePassword());
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(trusted);
        for (TrustManager each : factory.getTrustManagers()) {
            if (each instanceof X509ExtendedTrustManager manager) {
                if (trusted != null && manager.getAcceptedIssuers().length == 0) {
                    throw new IOException("the trust store " + tls.trustStore()
                            + " contains no trusted certificate; a key entry doesn't count as one");
                }
                return manager;
            }
        }
        throw new IOException("this JDK has no trust manager for X.509");
    }

    private static List<X509Certificate> certificates(String what, Tls.@Nullable Source source, byte[] pem)
            throws IOException {
        try {
            return Pem.certificates(pem);
        } catch (IOException | GeneralSecurityException e) {
            throw new IOException("invalid " + what + " in " + source + ": " + e.getMessage(), e);
        }
    }

    private static PrivateKey key(Tls tls, byte[] pem) throws IOException {
        try {
            return Pem.privateKey(pem, tls.keyPassword());
        } catch (IOException | GeneralSecurityException e) {
            throw new IOException("invalid private key in " + tls.key() + ": " + e.getMessage(), e);
        }
    }

    /** Whether the certificate verifies what the key signs. */
    private static boolean fit(PrivateKey key, X509Certificate certificate) {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case "EdDSA" -> "EdDSA";
            default -> "";
        };
        if (algorithm.isEmpty()) {
            return true; // not supported here: the handshake will tell
        }
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(SAMPLE);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(SAMPLE);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static void addKeyStore(SslContextBuilder builder, Tls tls, byte[] content)
            throws IOException, GeneralSecurityException {
        String password = Objects.requireNonNull(tls.keyStorePassword());
        KeyStore store = keyStore("key store", tls.keyStore(), content, password);
        for (String alias : Collections.list(store.aliases())) {
            Key key = store.isKeyEntry(alias) ? store.getKey(alias, password.toCharArray()) : null;
            Certificate[] chain = store.getCertificateChain(alias);
            if (key instanceof PrivateKey own && chain != null) {
                List<X509Certificate> certificates = new ArrayList<>();
                for (Certificate each : chain) {
                    certificates.add((X509Certificate) each);
                }
                builder.keyManager(own, certificates);
                return;
            }
        }
        throw new IOException("the key store " + tls.keyStore() + " contains no private key with a certificate");
    }

    private static KeyStore keyStore(
            String what, Tls.@Nullable Source source, byte[] content, @Nullable String password)
            throws IOException, GeneralSecurityException {
        boolean jks = content.length > 4 && (content[0] & 0xff) == 0xfe && (content[1] & 0xff) == 0xed;
        KeyStore store = KeyStore.getInstance(jks ? "JKS" : "PKCS12");
        try {
            store.load(new ByteArrayInputStream(content), password == null ? null : password.toCharArray());
        } catch (IOException e) {
            boolean wrong = e.getCause() instanceof GeneralSecurityException
                    || String.valueOf(e.getMessage()).contains("password");
            throw new IOException(
                    "cannot open the " + what + " " + source + ": "
                            + (wrong ? wrongPassword(password) : "it is neither PKCS#12 nor JKS, or malformed"),
                    e);
        }
        return store;
    }

    private static String wrongPassword(@Nullable String password) {
        boolean ascii = password == null || password.chars().allMatch(c -> c >= ' ' && c < 0x7f);
        return ascii
                ? "the password is wrong"
                : "the password is wrong, or the file was written by a program that encodes characters beyond ASCII"
                        + " differently from the JDK: use a password in ASCII";
    }
}
