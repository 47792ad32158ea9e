package io.godwit.mqtt.client.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.testkit.SeenMessage;
import io.godwit.testkit.TestBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A list of servers")
class FailOverTest {

    private static final int MESSAGES = 20_000;

    @ParameterizedTest
    @EnumSource(names = {"AT_LEAST_ONCE", "EXACTLY_ONCE"})
    @DisplayName("the first dies under load: the second takes over, and nothing is lost in silence")
    void the_first_dies_under_load(Qos qos) throws Exception {
        try (TestBroker first = TestBroker.builder().remember(MESSAGES * 2).start();
                TestBroker second = TestBroker.builder().remember(MESSAGES * 2).start();
                MqttClient client = MqttClient.builder()
                        .transport(TransportOptions.to(first.uri(), second.uri()))
                        .clientId("load")
                        .cleanSession(false)
                        .reconnect(Reconnect.exponential(Duration.ofMillis(20), Duration.ofMillis(100)))
                        .build()) {
            client.connect();
            List<CompletableFuture<PublishResult>> all = new ArrayList<>();
            for (int i = 0; i < MESSAGES; i++) {
                all.add(client.publishAsync(
                        Message.of("load", Integer.toString(i)).withQos(qos)));
                if (i == MESSAGES / 2) {
                    await().until(() -> first.messages().size() > MESSAGES / 20);
                    first.goOffline();
                }
            }
            Set<String> acknowledged = new HashSet<>();
            int unknown = 0;
            for (int i = 0; i < MESSAGES; i++) {
                try {
                    all.get(i).get(30, TimeUnit.SECONDS);
                    acknowledged.add(Integer.toString(i));
                } catch (ExecutionException e) {
                    assertThat(e).hasMessageContaining("whether the message for 'load' arrived cannot be known");
                    unknown++;
                }
            }

            Set<String> seen = new HashSet<>();
            for (SeenMessage each : first.messages()) {
                seen.add(each.text());
            }
            assertThat(second.messages()).isNotEmpty();
            for (SeenMessage each : second.messages()) {
                seen.add(each.text());
            }
            assertThat(seen).containsAll(acknowledged);
            if (qos == Qos.AT_LEAST_ONCE) {
                assertThat(acknowledged).hasSize(MESSAGES);
            } else {
                // the second broker has no session, and to send such a message again could deliver it twice
                assertThat(unknown).isLessThan(MESSAGES / 2);
            }
        }
    }
}
