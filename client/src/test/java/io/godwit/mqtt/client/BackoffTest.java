package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.testkit.ScriptedBroker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the reconnect policy learns about connections that do not last, and when it gives up. */
@Timeout(30)
class BackoffTest {
    private final BlockingQueue<Reconnect.Attempt> asked = new LinkedBlockingQueue<>();

    /** @param last the attempt before which it gives up */
    private MqttClient client(ScriptedBroker broker, int last) {
        return MqttClient.builder()
                .server(broker.uri())
                .protocol(ProtocolVersion.V5)
                .clientId("shared")
                .reconnect(attempt -> {
                    asked.add(attempt);
                    return attempt.number() < last ? Duration.ofMillis(1) : null;
                })
                .build();
    }

    private Reconnect.Attempt next() throws InterruptedException {
        Reconnect.Attempt attempt = asked.poll(5, TimeUnit.SECONDS);
        assertThat(attempt).isNotNull();
        return attempt;
    }

    @Test
    void a_connection_that_ends_at_once_counts_as_a_failed_attempt() throws Exception {
        try (ScriptedBroker broker = ScriptedBroker.builder()
                        .connection(script -> script.accept(ProtocolVersion.V5).close())
                        .repeatLast()
                        .start();
                MqttClient client = client(broker, 5)) {
            client.connect();

            for (int number : List.of(1, 2, 3, 4, 5)) {
                assertThat(next().number()).isEqualTo(number);
            }
        }
    }

    @Test
    void a_takeover_says_that_another_client_has_the_identifier() throws Exception {
        try (ScriptedBroker broker = ScriptedBroker.builder()
                        .connection(script -> script.accept(ProtocolVersion.V5)
                                .send("e0 02 8e 00")
                                .close())
                        .repeatLast()
                        .start();
                MqttClient client = client(broker, 2)) {
            client.connect();

            DisconnectCause lost = next().lost();
            assertThat(lost).isNotNull();
            assertThat(lost.reasonCode()).isEqualTo(ReasonCode.SESSION_TAKEN_OVER);
            assertThat(lost.text()).contains("another client").contains("'shared'");
            assertThat(next().number()).isEqualTo(2);
        }
    }

    @Test
    void a_policy_that_does_not_answer_keeps_no_client_from_connecting() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch connected = new CountDownLatch(2);
        try (ScriptedBroker broker = ScriptedBroker.builder()
                        .connection(script -> script.accept(ProtocolVersion.V5).close())
                        .connection(script -> script.accept(ProtocolVersion.V5).stall())
                        .start();
                MqttClient client = MqttClient.builder()
                        .server(broker.uri())
                        .protocol(ProtocolVersion.V5)
                        .callTimeout(Duration.ofSeconds(1))
                        .listener(new ClientListener() {
                            @Override
                            public void connected(MqttClient client, ConnectResult result) {
                                connected.countDown();
                            }
                        })
                        .reconnect(attempt -> {
                            try {
                                end.await();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            return null;
                        })
                        .build()) {
            client.connectAsync();

            assertThat(connected.await(10, TimeUnit.SECONDS)).isTrue();
        } finally {
            end.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"84", "85", "8a", "8c"})
    void godwits_policies_give_up_if_the_cause_cannot_heal(String code) {
        try (ScriptedBroker broker = ScriptedBroker.builder()
                        .connection(script -> script.expectConnect(ProtocolVersion.V5)
                                .send("20 03 00 " + code + " 00")
                                .close())
                        .repeatLast()
                        .start();
                MqttClient client = MqttClient.builder()
                        .server(broker.uri())
                        .protocol(ProtocolVersion.V5)
                        .retryFirst(true)
                        .reconnect(Reconnect.fixed(Duration.ofMillis(1)))
                        .build()) {
            assertThat(client.connectAsync()
                            .handle((connected, failure) -> failure)
                            .join())
                    .isInstanceOf(MqttConnectException.class);
            assertThat(broker.connections()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 365L * 24 * 60 * 60 + 1, Long.MAX_VALUE})
    void a_policy_whose_answer_is_no_delay_ends_the_attempts_and_is_reported(long seconds) {
        CompletableFuture<@Nullable Duration> told = new CompletableFuture<>();
        try (LogLines log = new LogLines();
                ScriptedBroker broker = ScriptedBroker.builder()
                        .connection(script -> script.accept(ProtocolVersion.V5).close())
                        .repeatLast()
                        .start();
                MqttClient client = MqttClient.builder()
                        .server(broker.uri())
                        .protocol(ProtocolVersion.V5)
                        .listener(new ClientListener() {
                            @Override
                            public void disconnected(
                                    MqttClient client, DisconnectCause cause, @Nullable Duration next) {
                                told.complete(next);
                            }
                        })
                        .reconnect(attempt -> Duration.ofSeconds(seconds))
                        .build()) {
            client.connect();

            assertThat(told).succeedsWithin(Duration.ofSeconds(5)).isNull();
            log.await("WARN the reconnect policy failed; the client does not reconnect");
        }
    }
}
