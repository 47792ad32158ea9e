package io.godwit.mqtt.client.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.client.net.FailureReason;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.TransportException;
import io.godwit.mqtt.client.net.TransportOptions;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class ConnectFailuresTest {
    /** The exception as Netty makes it, with the address at its end. */
    private static TransportException of(String server, SocketAddress address, String text) {
        ServerAddress parsed = ServerAddress.parse(server);
        TransportOptions options = TransportOptions.to(server);
        return ConnectFailures.describe(parsed, address, options, new ConnectException(text + ": " + address));
    }

    private static InetSocketAddress resolved(String host) throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByAddress(host, new byte[] {127, 0, 0, 1}), 1883);
    }

    @Test
    void a_port_where_nothing_listens_refuses() throws IOException {
        TransportException failure =
                of("mqtt://unreachable.example", resolved("unreachable.example"), "Connection refused");

        assertThat(failure.reason()).isEqualTo(FailureReason.REFUSED);
    }

    @Test
    void the_name_of_a_host_does_not_tell_what_happened() throws IOException {
        TransportException failure =
                of("mqtt://Refused.example", resolved("Refused.example"), "Network is unreachable");

        assertThat(failure.reason()).isEqualTo(FailureReason.UNREACHABLE);
        assertThat(failure).hasMessageContaining("no route to it");
    }

    @Test
    void the_name_of_a_socket_does_not_tell_what_happened() {
        TransportException failure = of(
                "mqtt+unix:///run/eacces",
                new DomainSocketAddress("/run/eacces"),
                "connect(..) failed: Connection refused");

        assertThat(failure.reason()).isEqualTo(FailureReason.REFUSED);
        assertThat(failure).hasMessageContaining("nothing listens on the socket");
    }
}
