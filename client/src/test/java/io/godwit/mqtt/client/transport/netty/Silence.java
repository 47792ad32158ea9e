package io.godwit.mqtt.client.transport.netty;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/**
 * A port that swallows SYNs, as behind a firewall that drops: nobody accepts and the queue is full. Linux drops the
 * SYN then.
 */
final class Silence implements AutoCloseable {

    private final ServerSocket server;
    private final List<Socket> queue = new ArrayList<>();

    Silence() throws IOException {
        this(InetAddress.getByName("127.0.0.1"));
    }

    Silence(InetAddress address) throws IOException {
        this(address, 0);
    }

    Silence(InetAddress address, int port) throws IOException {
        server = new ServerSocket(port, 1, address);
        for (int i = 0; i < 16; i++) {
            Socket socket = new Socket();
            queue.add(socket);
            try {
                socket.connect(server.getLocalSocketAddress(), 100);
            } catch (SocketTimeoutException e) {
                return;
            }
        }
        throw new IOException("this system does not drop the SYN of a full queue");
    }

    int port() {
        return server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : queue) {
            socket.close();
        }
        server.close();
    }
}
