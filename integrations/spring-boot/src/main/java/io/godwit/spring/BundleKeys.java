package io.godwit.spring;

import io.godwit.mqtt.client.net.Tls;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/** Keys and trust of an SSL bundle, always those of its last reload. */
final class BundleKeys {
    private record Managers(@Nullable X509ExtendedKeyManager keys, X509ExtendedTrustManager trust) {}

    /** Replaced by the thread that reloads. */
    private volatile Managers managers;

    private BundleKeys(SslBundle bundle) {
        managers = managers(bundle);
    }

    /** TLS options with the bundle's keys, trust, protocols and ciphers. */
    static Tls tls(SslBundles bundles, String name) {
        SslBundle bundle = bundles.getBundle(name);
        BundleKeys current = new BundleKeys(bundle);
        bundles.addBundleUpdateHandler(name, reloaded -> current.managers = managers(reloaded));
        Tls.Builder tls = Tls.builder().trustManager(current.new Trust());
        if (current.managers.keys() != null) {
            tls.keyManager(current.new Keys());
        }
        String[] protocols = bundle.getOptions().getEnabledProtocols();
        if (protocols != null) {
            tls.versions(protocols);
        }
        String[] ciphers = bundle.getOptions().getCiphers();
        if (ciphers != null) {
            tls.ciphers(ciphers);
        }
        return tls.build();
    }

    private static Managers managers(SslBundle bundle) {
        X509ExtendedKeyManager keys = null;
        if (bundle.getStores().getKeyStore() != null) {
            for (KeyManager manager : bundle.getManagers().getKeyManagers()) {
                if (manager instanceof X509ExtendedKeyManager extended) {
                    keys = extended;
                }
            }
        }
        for (TrustManager manager : bundle.getManagers().getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager trust) {
                return new Managers(keys, trust);
            }
        }
        throw new IllegalStateException("the SSL bundle has no X.509 trust manager");
    }

    private X509ExtendedKeyManager keys() {
        X509ExtendedKeyManager keys = managers.keys();
        if (keys == null) {
            throw new IllegalStateException("the reloaded SSL bundle has no key");
        }
        return keys;
    }

    private final class Keys extends X509ExtendedKeyManager {
        @Override
        public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
            return keys().getClientAliases(type, issuers);
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return keys().chooseClientAlias(types, issuers, socket);
        }

        @Override
        public @Nullable String chooseEngineClientAlias(
                String[] types, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return keys().chooseEngineClientAlias(types, issuers, engine);
        }

        @Override
        public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
            return keys().getServerAliases(type, issuers);
        }

        @Override
        public @Nullable String chooseServerAlias(
                String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return keys().chooseServerAlias(type, issuers, socket);
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            return keys().getCertificateChain(alias);
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            return keys().getPrivateKey(alias);
        }
    }

    private final class Trust extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            managers.trust().checkClientTrusted(chain, type);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            managers.trust().checkServerTrusted(chain, type);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return managers.trust().getAcceptedIssuers();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            managers.trust().checkClientTrusted(chain, type, socket);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            managers.trust().checkServerTrusted(chain, type, socket);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            managers.trust().checkClientTrusted(chain, type, engine);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            managers.trust().checkServerTrusted(chain, type, engine);
        }
    }
}
