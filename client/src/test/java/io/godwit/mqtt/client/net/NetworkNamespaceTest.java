package io.godwit.mqtt.client.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.client.MqttClient;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Run by {@code client/src/test/scripts/network-namespaces}, which makes the network for it. */
@EnabledIfEnvironmentVariable(named = "GODWIT_NAMESPACE", matches = ".+", disabledReason = "no network namespaces")
class NetworkNamespaceTest {

    @RepeatedTest(5)
    @DisplayName("one of two addresses drops silently: connected within 400 ms of the second attempt's start")
    void aSilentAddress() throws Exception {
        String host = System.getenv("GODWIT_NAMESPACE");
        List<InetAddress> resolved = new CopyOnWriteArrayList<>();
        TransportOptions road = TransportOptions.to("mqtt://" + host).toBuilder()
                .resolver(name -> {
                    List<InetAddress> addresses = HostResolver.system().resolve(name);
                    resolved.addAll(addresses);
                    return addresses;
                })
                .build();
        try (MqttClient client = MqttClient.builder().road(road).build()) {
            long start = System.nanoTime();
            client.connect();
            Duration took = Duration.ofNanos(System.nanoTime() - start);

            System.out.println("connected after " + took.toMillis() + " ms through " + resolved);
            assertThat(resolved).hasSize(2).first().isInstanceOf(Inet6Address.class);
            assertThat(took).isBetween(road.attemptDelay(), road.attemptDelay().plusMillis(400));
        }
    }
}
