package io.godwit.mqtt.client.net;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.testkit.TestBroker;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Run inside a network namespace by {@link NetworkNamespaceTest}: connects clients with one local address to two brokers, more
 * than there are local ports, and prints how many.
 */
final class LocalPortsProbe {
    private static final int EACH = 60;

    private LocalPortsProbe() {}

    public static void main(String[] arguments) {
        List<MqttClient> clients = new ArrayList<>();
        try (TestBroker one = TestBroker.start();
                TestBroker other = TestBroker.start()) {
            for (int i = 0; i < EACH; i++) {
                for (TestBroker broker : List.of(one, other)) {
                    TransportOptions options = TransportOptions.to(broker.uri()).toBuilder()
                            .localAddress(InetAddress.getLoopbackAddress())
                            .build();
                    MqttClient client = MqttClient.builder().transport(options).build();
                    clients.add(client);
                    client.connect();
                }
            }
            System.out.println(clients.size() + " connected");
        } finally {
            clients.forEach(MqttClient::close);
        }
    }
}
