package io.godwit.mqtt.client.net;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.checks.RealProxy;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttConnectException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Through real proxies to a real broker: Dante and microsocks for SOCKS, Tinyproxy and Squid for HTTP. Each is skipped where it is not installed. */
@DisplayName("Real proxies")
class RealProxiesTest {

    @TempDir
    Path folder;

    private static void throughAndBack(MosquittoListeners broker, String host, ProxyServer proxy) throws Exception {
        for (String address : new String[] {
            "mqtt://" + host + ":" + broker.tcp,
            "mqtts://" + host + ":" + broker.tls,
            "wss://" + host + ":" + broker.wss
        }) {
            TransportOptions.Builder options =
                    TransportOptions.to(address).toBuilder().proxy(proxy);
            if (!address.startsWith("mqtt:")) {
                options.tls(
                        Tls.builder().ca(broker.authority.getCertificatePEM()).build());
            }
            try (MqttClient client =
                    MqttClient.builder().transport(options.build()).build()) {
                client.connect();
                MosquittoNetTest.roundTrip(client, "proxies");
            }
        }
    }

    private static void isRefusedWithoutCredentials(MosquittoListeners broker, RealProxy proxy) {
        TransportOptions without = TransportOptions.to("mqtt://localhost:" + broker.tcp).toBuilder()
                .proxy(ProxyServer.parse(proxy.anonymousUri()))
                .build();
        try (MqttClient client = MqttClient.builder().transport(without).build()) {
            assertThatThrownBy(client::connect)
                    .isInstanceOf(MqttConnectException.class)
                    .hasStackTraceContaining("credentials");
        }
    }

    @Test
    void dante() throws Exception {
        try (RealProxy proxy = RealProxy.dante(folder);
                MosquittoListeners broker = new MosquittoListeners(folder)) {
            throughAndBack(broker, "localhost", ProxyServer.parse(proxy.uri()));
            throughAndBack(broker, "127.0.0.1", ProxyServer.parse(proxy.socks4Uri())); // which knows no IPv6
        }
    }

    @Test
    void microsocks_with_credentials() throws Exception {
        try (RealProxy proxy = RealProxy.microsocks(folder);
                MosquittoListeners broker = new MosquittoListeners(folder)) {
            throughAndBack(broker, "localhost", ProxyServer.parse(proxy.uri()));
            isRefusedWithoutCredentials(broker, proxy);
        }
    }

    @Test
    void tinyproxy_with_credentials() throws Exception {
        try (RealProxy proxy = RealProxy.tinyproxy(folder);
                MosquittoListeners broker = new MosquittoListeners(folder)) {
            throughAndBack(broker, "localhost", ProxyServer.parse(proxy.uri()));
            isRefusedWithoutCredentials(broker, proxy);
        }
    }

    @Test
    void squid() throws Exception {
        try (RealProxy proxy = RealProxy.squid(false);
                MosquittoListeners broker = new MosquittoListeners(folder)) {
            throughAndBack(broker, "localhost", ProxyServer.parse(proxy.uri()));
        }
    }

    @Test
    void squid_with_credentials() throws Exception {
        try (RealProxy proxy = RealProxy.squid(true);
                MosquittoListeners broker = new MosquittoListeners(folder)) {
            throughAndBack(broker, "localhost", ProxyServer.parse(proxy.uri()));
            isRefusedWithoutCredentials(broker, proxy);
        }
    }
}
