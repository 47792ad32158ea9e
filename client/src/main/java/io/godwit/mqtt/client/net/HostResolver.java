package io.godwit.mqtt.client.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Finds the addresses of a host name. */
@FunctionalInterface
public interface HostResolver {

    /**
     * The JDK's resolver. It caches an answer for {@code networkaddress.cache.ttl} seconds (30 by default), and puts IPv4
     * first unless {@code java.net.preferIPv6Addresses} is {@code true} or {@code system}.
     */
    HostResolver SYSTEM = host -> List.of(InetAddress.getAllByName(host));

    /**
     * Called before each attempt, on a thread that may block; abandoned after {@link TransportOptions#resolveTimeout()}.
     *
     * @param host a host name or a literal address
     * @return the addresses in order of preference, at least one
     * @throws UnknownHostException if there are none
     */
    List<InetAddress> resolve(String host) throws UnknownHostException;
}
