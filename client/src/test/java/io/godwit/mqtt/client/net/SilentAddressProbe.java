package io.godwit.mqtt.client.net;

import io.godwit.mqtt.client.MqttClient;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Run inside a network namespace by {@link NetworkNamespaceTest}: connects to a name whose first address drops every packet, and
 * prints what happened.
 */
final class SilentAddressProbe {
    private SilentAddressProbe() {}

    public static void main(String[] arguments) {
        List<InetAddress> resolved = new CopyOnWriteArrayList<>();
        TransportOptions options = TransportOptions.to("mqtt://" + arguments[0]).toBuilder()
                .resolver(name -> {
                    List<InetAddress> addresses = HostResolver.SYSTEM.resolve(name);
                    resolved.addAll(addresses);
                    return addresses;
                })
                .build();
        try (MqttClient client = MqttClient.builder().transport(options).build()) {
            long start = System.nanoTime();
            client.connect();
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            boolean ipv6First = resolved.size() == 2 && resolved.get(0) instanceof Inet6Address;
            boolean waited = took.compareTo(options.attemptDelay()) >= 0;
            System.out.println("connected; IPv6 first: " + ipv6First + "; after the attempt delay: " + waited
                    + "; before the connect timeout: " + (took.compareTo(options.connectTimeout()) < 0));
        }
    }
}
