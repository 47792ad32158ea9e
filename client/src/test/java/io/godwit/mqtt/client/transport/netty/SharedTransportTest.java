package io.godwit.mqtt.client.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The transport of all clients")
class SharedTransportTest {

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "3, 1", "4, 2", "8, 4", "64, 4"})
    void has_a_loop_for_two_processors_and_at_most_four(int processors, int loops) {
        assertThat(SharedTransport.threads(processors)).isEqualTo(loops);
    }
}
