package io.godwit.cli.bench;

import io.godwit.mqtt.client.net.ServerAddress;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How full the interface is through which a broker is reached, by the system's counters. Knows Linux; elsewhere nothing. */
final class NetworkUse {
    private static final Path INTERFACES = Path.of("/sys/class/net");

    // Set once.
    private final @Nullable Path device;
    private final boolean local;

    // Set by start and stop.
    private long bytesFrom;
    private long from;
    private double use = -1;

    private NetworkUse(@Nullable Path device, boolean local) {
        this.device = device;
        this.local = local;
    }

    /** The interface towards the first of these servers. */
    static NetworkUse towards(List<ServerAddress> servers) {
        ServerAddress server = servers.get(0);
        if (server.scheme() == ServerAddress.Scheme.UNIX) {
            return new NetworkUse(null, true);
        }
        try (DatagramSocket socket = new DatagramSocket()) {
            InetAddress broker = InetAddress.getByName(server.host());
            socket.connect(new InetSocketAddress(broker, server.port())); // sends nothing, but finds the way
            NetworkInterface found = NetworkInterface.getByInetAddress(socket.getLocalAddress());
            boolean own = broker.isLoopbackAddress() || NetworkInterface.getByInetAddress(broker) != null;
            return new NetworkUse(own || found == null ? null : INTERFACES.resolve(found.getName()), own);
        } catch (IOException | RuntimeException e) {
            return new NetworkUse(null, false); // the run will say what is wrong
        }
    }

    /** Whether the broker runs on this machine. */
    boolean isLocal() {
        return local;
    }

    /** Begins to count. */
    void start() {
        bytesFrom = busierDirection();
        from = System.nanoTime();
    }

    /** Ends to count. */
    void stop() {
        long bytes = busierDirection() - bytesFrom;
        double seconds = (System.nanoTime() - from) / 1e9;
        long megabits = device == null ? -1 : number(device.resolve("speed"));
        use = bytesFrom < 0 || megabits <= 0 || seconds <= 0 ? -1 : bytes * 8 / seconds / (megabits * 1e6);
    }

    /** How full it was meanwhile, 0 to 1; below 0: not known. */
    double use() {
        return use;
    }

    private long busierDirection() {
        return device == null
                ? -1
                : Math.max(
                        number(device.resolve("statistics/rx_bytes")), number(device.resolve("statistics/tx_bytes")));
    }

    private static long number(Path file) {
        try {
            return Long.parseLong(Files.readString(file).strip());
        } catch (IOException | NumberFormatException e) {
            return -1; // a virtual interface has no speed
        }
    }
}
