package io.godwit.benchmarks.hivemq;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttClientBuilder;
import com.hivemq.client.mqtt.MqttClientExecutorConfig;
import com.hivemq.client.mqtt.MqttClientExecutorConfigBuilder;
import com.hivemq.client.mqtt.MqttClientSslConfig;
import io.godwit.benchmarks.Adapter;
import io.godwit.benchmarks.Endpoint;
import io.godwit.benchmarks.Link;
import io.reactivex.schedulers.Schedulers;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** All clients share one event loop thread; the library picks epoll and BoringSSL by itself when they are there. */
public final class HivemqAdapter implements Adapter {

    private final MqttClientExecutorConfig executors;
    private final @Nullable MqttClientSslConfig ssl;

    public HivemqAdapter(Endpoint endpoint) throws Exception {
        // One loop: there is one connection, and 2 cores are shared with the peer.
        MqttClientExecutorConfigBuilder config =
                MqttClientExecutorConfig.builder().nettyThreads(1);
        if (endpoint.option("handlers", "default").equals("loop")) {
            // Callbacks on the event loop itself, without a hop to a thread of the computation scheduler.
            config = config.applicationScheduler(Schedulers.from(Runnable::run));
        }
        executors = config.build();
        if (endpoint.option("ssl", "jdk").equals("jdk")) {
            // Netty prefers BoringSSL when it is on the class path; as shipped, the client does not bring it.
            System.setProperty("io.netty.handler.ssl.noOpenSsl", "true");
        }
        // Read once for all connections.
        ssl = endpoint.certificate() == null
                ? null
                : MqttClientSslConfig.builder()
                        .trustManagerFactory(trust(endpoint.certificate()))
                        .build();
    }

    @Override
    public Link connect(Endpoint endpoint) throws Exception {
        MqttClientBuilder builder = MqttClient.builder()
                .identifier(endpoint.clientId())
                .serverHost(endpoint.host())
                .serverPort(endpoint.port())
                .executorConfig(executors);
        if (endpoint.reconnects()) {
            builder = builder.automaticReconnectWithDefaultConfig();
        }
        if (endpoint.webSocket()) {
            builder = builder.webSocketWithDefaultConfig();
        }
        if (ssl != null) {
            builder = builder.sslConfig(ssl);
        }
        return endpoint.mqtt5() ? Hivemq5Link.connect(builder, endpoint) : Hivemq3Link.connect(builder, endpoint);
    }

    private static TrustManagerFactory trust(Path pem) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(pem)) {
            Certificate certificate = CertificateFactory.getInstance("X.509").generateCertificate(in);
            trusted.setCertificateEntry("peer", certificate);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        return factory;
    }

    @Override
    public void close() {
        // the event loops end with the JVM
    }
}
