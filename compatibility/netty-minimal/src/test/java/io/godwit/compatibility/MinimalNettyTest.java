package io.godwit.compatibility;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import org.junit.jupiter.api.Test;

/** The jars for WebSocket, proxies and epoll may be left out by an application that uses none of them. */
class MinimalNettyTest {
    @Test
    void over_tcp() {
        try (Scenario scenario = Scenario.start()) {
            scenario.run();
        }
    }

    @Test
    void a_web_socket_address_names_the_missing_jar() {
        MqttClientBuilder builder = MqttClient.builder().server("ws://localhost/mqtt");

        IllegalStateException failure = assertThrows(IllegalStateException.class, builder::build);

        assertTrue(failure.getMessage().contains("add io.netty:netty-codec-http"), failure.getMessage());
    }

    @Test
    void busy_polling_names_the_missing_jar() {
        MqttClientBuilder builder =
                MqttClient.builder().server("mqtt://localhost").busyPolling();

        IllegalStateException failure = assertThrows(IllegalStateException.class, builder::build);

        assertTrue(failure.getMessage().contains("io.netty:netty-transport-native-epoll"), failure.getMessage());
    }

    @Test
    void a_proxy_names_the_missing_jar() {
        MqttClientBuilder builder =
                MqttClient.builder().server("mqtt://localhost").proxy("socks5://localhost");

        IllegalStateException failure = assertThrows(IllegalStateException.class, builder::build);

        assertTrue(failure.getMessage().contains("add io.netty:netty-handler-proxy"), failure.getMessage());
    }
}
