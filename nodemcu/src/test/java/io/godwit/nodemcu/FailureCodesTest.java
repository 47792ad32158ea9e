package io.godwit.nodemcu;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.client.ConnectFailure;
import io.godwit.mqtt.client.net.ConnectPhase;
import io.godwit.mqtt.client.net.FailureReason;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ReasonCode;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailureCodesTest {

    @ParameterizedTest
    @CsvSource({
        "RESOLVE, UNKNOWN_HOST, -3, CONN_FAIL_DNS",
        "RESOLVE, TIMEOUT, -3, CONN_FAIL_DNS",
        "CONNECT, REFUSED, -5, CONN_FAIL_SERVER_NOT_FOUND",
        "CONNECT, TIMEOUT, -5, CONN_FAIL_SERVER_NOT_FOUND",
        "PROXY, PROXY_FAILED, -5, CONN_FAIL_SERVER_NOT_FOUND",
        "TLS, CERTIFICATE_REJECTED, -5, CONN_FAIL_SERVER_NOT_FOUND",
        "WEBSOCKET, WEBSOCKET_REJECTED, -5, CONN_FAIL_SERVER_NOT_FOUND",
        "CONNACK, NOT_MQTT, -4, CONN_FAIL_NOT_A_CONNACK_MSG",
        "CONNACK, TIMEOUT, -2, CONN_FAIL_TIMEOUT_RECEIVING",
        "CONNACK, CLOSED, -2, CONN_FAIL_TIMEOUT_RECEIVING",
        "CONNACK, NOT_SENT, -1, CONN_FAIL_TIMEOUT_SENDING",
    })
    void a_failure_without_an_answer_has_a_number_of_its_phase_and_reason(
            ConnectPhase phase, FailureReason reason, int code, String name) {
        assertThat(FailureCodes.of(ConnectFailure.of(phase, reason, "", null))).isEqualTo(code);
        assertThat(FailureCodes.name(code)).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({
        "1, UNSUPPORTED_PROTOCOL_VERSION, 1, CONNACK_REFUSED_PROTOCOL_VER",
        "2, CLIENT_IDENTIFIER_NOT_VALID, 2, CONNACK_REFUSED_ID_REJECTED",
        "3, SERVER_UNAVAILABLE, 3, CONNACK_REFUSED_SERVER_UNAVAILABLE",
        "4, BAD_USER_NAME_OR_PASSWORD, 4, CONNACK_REFUSED_BAD_USER_OR_PASS",
        "5, NOT_AUTHORIZED, 5, CONNACK_REFUSED_NOT_AUTHORIZED",
        "77, , 77, ",
        "135, NOT_AUTHORIZED, 5, CONNACK_REFUSED_NOT_AUTHORIZED",
        "134, BAD_USER_NAME_OR_PASSWORD, 4, CONNACK_REFUSED_BAD_USER_OR_PASS",
    })
    void a_refusal_has_the_return_code_that_means_it(
            int connack, @Nullable ReasonCode reason, int code, @Nullable String name) {
        ConnectFailure refused = new ConnectFailure(
                ConnectPhase.CONNACK, FailureReason.BROKER_REJECTED, connack, reason, "", MqttProperties.NONE, null);

        assertThat(FailureCodes.of(refused)).isEqualTo(code);
        assertThat(FailureCodes.name(code)).isEqualTo(name);
    }

    @Test
    void success_is_one_of_the_eleven_numbers_and_every_failure_has_one_of_the_others() {
        assertThat(FailureCodes.name(Mqtt.CONNACK_ACCEPTED)).isEqualTo("CONNACK_ACCEPTED");

        for (ConnectPhase phase : ConnectPhase.values()) {
            assertThat(Arrays.stream(FailureReason.values())
                            .filter(reason -> reason != FailureReason.BROKER_REJECTED)
                            .map(reason -> FailureCodes.of(ConnectFailure.of(phase, reason, "", null))))
                    .allMatch(code -> code < 0 && code >= -5);
        }
    }
}
