package io.godwit.mqtt.client.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Finds the addresses of a host name. The standard one asks the JDK; tests and users with a DNS of their own replace it. */
@FunctionalInterface
public interface HostResolver {

    /**
     * May block: it is called on a thread of its own, at each attempt anew, and given up after
     * {@link TransportOptions#resolveTimeout()}.
     *
     * @param host a host name or a literal address
     * @return the addresses in order of preference, at least one
     * @throws UnknownHostException if there are none
     */
    List<InetAddress> resolve(String host) throws UnknownHostException;

    /**
     * The JDK's resolver. It keeps an answer for {@code networkaddress.cache.ttl} seconds (30 by default), and puts IPv4
     * first unless {@code java.net.preferIPv6Addresses} is {@code true} or {@code system}.
     */
    static HostResolver system() {
        return SystemResolver.INSTANCE;
    }
}
