package io.godwit.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScenarioTest {
    @Test
    void its_name_says_all() {
        Scenario scenario = Scenario.parse("publish-2-4threads-1k-ws");

        assertThat(scenario.kind()).isEqualTo(Scenario.Kind.PUBLISH);
        assertThat(scenario.qos()).isEqualTo(2);
        assertThat(scenario.threads()).isEqualTo(4);
        assertThat(scenario.payload()).isEqualTo(1024);
        assertThat(scenario.webSocket()).isTrue();
        assertThat(scenario.tls()).isFalse();
        assertThat(scenario.durable()).isFalse();
    }

    @Test
    void a_latency_has_a_rate_or_a_share_of_what_the_client_can_sustain() {
        assertThat(Scenario.parse("latency-1").perSecond()).isEqualTo(500);
        assertThat(Scenario.parse("latency-1-5000hz").perSecond()).isEqualTo(5000);
        assertThat(Scenario.parse("latency-1-40percent").percent()).isEqualTo(40);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "receive-1-durable",
                "connect-ws",
                "latency-1-tls",
                "relay-1-40percent",
                "latency-1-100percent",
                "fly-1"
            })
    void what_makes_no_sense_is_refused(String name) {
        assertThatThrownBy(() -> Scenario.parse(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("scenario \"" + name + "\"");
    }
}
