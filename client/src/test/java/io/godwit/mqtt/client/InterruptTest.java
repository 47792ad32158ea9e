package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.testkit.ScriptedBroker;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
@DisplayName("An interrupt of the calling thread")
class InterruptTest {
    private ScriptedBroker broker;
    private MqttClient client;

    @BeforeEach
    void connect() {
        broker = ScriptedBroker.builder()
                .connection(script -> script.accept(ProtocolVersion.V5).stall())
                .start();
        client = MqttClient.builder()
                .server(broker.uri())
                .protocol(ProtocolVersion.V5)
                .closeTimeout(Duration.ofMillis(200))
                .build();
        client.connect();
    }

    @AfterEach
    void close() {
        Thread.interrupted();
        client.close();
        broker.close();
    }

    @Test
    void is_an_exception_of_its_own_and_stays_set() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> client.publish(Message.of("t", "x").withQos(Qos.AT_LEAST_ONCE)))
                .isInstanceOf(MqttInterruptedException.class)
                .hasMessageContaining("interrupted while waiting for");

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void does_not_keep_close_from_completing() {
        Thread.currentThread().interrupt();

        client.close();

        assertThat(client.state()).isEqualTo(ClientState.CLOSED);
        assertThat(Thread.interrupted()).isTrue();
    }
}
