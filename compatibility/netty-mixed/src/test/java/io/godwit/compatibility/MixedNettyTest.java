package io.godwit.compatibility;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.mqtt.client.MqttClient;
import org.junit.jupiter.api.Test;

/** Jars of Netty 4.1 and 4.2 on one class path: the client says so when it is built, and how to change it. */
class MixedNettyTest {
    @Test
    void the_client_names_the_jars_and_the_remedy() {
        IllegalStateException failure = assertThrows(
                IllegalStateException.class,
                () -> MqttClient.builder().server("mqtt://localhost").build());

        String message = failure.getMessage();
        assertTrue(message.contains("Godwit needs Netty 4.1 or 4.2, all of its jars from the same one"), message);
        assertTrue(message.contains("netty-common 4.1."), message);
        assertTrue(message.contains("netty-transport-classes-epoll 4.2."), message);
        assertTrue(message.contains("import io.netty:netty-bom"), message);
    }
}
