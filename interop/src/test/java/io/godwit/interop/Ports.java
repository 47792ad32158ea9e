package io.godwit.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Free ports of 127.0.0.1 for brokers that need several, and that keep theirs over a restart. */
public final class Ports {
    private Ports() {}

    /**
     * The first of so many free ports in a row. They are below those that the system hands out to clients, so that a
     * connection is less likely to take one meanwhile.
     */
    public static int inARow(int count) throws IOException {
        for (int attempt = 0; attempt < 100; attempt++) {
            List<ServerSocket> taken = new ArrayList<>();
            try {
                ServerSocket first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                taken.add(first);
                int base = 20_000 + first.getLocalPort() % 10_000;
                for (int i = 0; i < count; i++) {
                    taken.add(new ServerSocket(base + i, 1, InetAddress.getLoopbackAddress()));
                }
                return base;
            } catch (IOException takenByOthers) {
                continue;
            } finally {
                for (ServerSocket socket : taken) {
                    socket.close();
                }
            }
        }
        throw new IOException("found no " + count + " free ports in a row");
    }
}
