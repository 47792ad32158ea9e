package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.testkit.ScriptedBroker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls that overlap with the end of a connection. */
@Timeout(60)
class ConnectWhileClosingTest {

    @Test
    void a_connect_that_waits_for_a_disconnect_fails_when_the_client_is_closed() {
        ProtocolVersion version = ProtocolVersion.V3_1_1;
        try (ScriptedBroker broker = ScriptedBroker.start(script ->
                script.accept(version).expect(PacketType.PUBLISH, version).stall())) {
            MqttClient client = MqttClient.builder()
                    .server(broker.uri())
                    .protocol(version)
                    .closeTimeout(Duration.ofMillis(300))
                    .build();
            client.connect();
            client.publishAsync("t", "in flight");

            CompletableFuture<Void> disconnected = client.disconnectAsync();
            CompletableFuture<ConnectResult> connected = client.connectAsync();
            client.close();

            assertThat(connected)
                    .failsWithin(Duration.ofSeconds(10))
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOf(ClientClosedException.class);
            assertThat(disconnected.handle((done, problem) -> true)).succeedsWithin(Duration.ofSeconds(10));
        }
    }
}
