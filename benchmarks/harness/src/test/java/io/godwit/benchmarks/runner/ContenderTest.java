package io.godwit.benchmarks.runner;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.benchmarks.Scenario;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who takes part in what. */
class ContenderTest {
    private static List<String> in(String scenario) {
        Scenario parsed = Scenario.parse(scenario);
        return Contender.ALL.stream()
                .filter(contender -> contender.takesPartIn(parsed))
                .map(Contender::name)
                .toList();
    }

    @Test
    void only_libraries_that_can_keep_a_session_on_the_disk_publish_durably() {
        assertThat(in("publish-1-durable"))
                .containsExactly(
                        "godwit",
                        "godwit-batch",
                        "godwit-5",
                        "godwit-micrometer",
                        "godwit-opentelemetry",
                        "paho-3",
                        "paho-5");
    }

    @Test
    void a_client_that_does_not_publish_with_qos_2_is_left_out_there() {
        assertThat(in("publish-1")).contains("aws-crt");
        assertThat(in("publish-2")).contains("vertx").doesNotContain("aws-crt");
    }

    @Test
    void clients_without_web_sockets_are_left_out_there() {
        assertThat(in("publish-1-ws"))
                .contains("godwit", "hivemq-3", "hivemq-5-rx", "paho-5", "aws-crt")
                .doesNotContain("vertx", "netty", "socket");
    }

    @Test
    void handshakes_are_made_by_those_that_have_tls() {
        assertThat(in("connect-tls"))
                .containsExactly(
                        "godwit", "godwit-boringssl", "hivemq-3", "hivemq-boringssl", "hivemq13-3", "vertx", "aws-crt");
    }

    @Test
    void a_storm_is_for_those_that_reconnect_by_themselves() {
        assertThat(in("storm")).containsExactly("godwit", "hivemq-3", "hivemq13-3", "paho-3", "aws-crt");
    }

    @Test
    void the_bare_socket_has_no_thread_to_receive_what_it_publishes() {
        assertThat(in("relay-1"))
                .contains("godwit", "godwit-loop", "godwit-busy", "netty")
                .doesNotContain("socket", "godwit-5");
    }
}
