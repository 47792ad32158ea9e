package io.godwit.mqtt.client.transport.netty;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A plain server that hands each connection to a handler on a thread of its own; {@link #echo()} by default. */
class EchoServer implements AutoCloseable {

    /** What is done with a connection, which is closed afterwards. */
    interface Service {
        void serve(Socket socket) throws Exception;
    }

    final AtomicInteger open = new AtomicInteger();
    final AtomicInteger accepted = new AtomicInteger();
    final List<Exception> failures = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final ServerSocket server;

    EchoServer(Service service) {
        this(bind("127.0.0.1"), service);
    }

    EchoServer(ServerSocket server, Service service) {
        this.server = server;
        Thread acceptor = new Thread(() -> accept(service), "test-server");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    static ServerSocket bind(String address) {
        return bind(address, 0);
    }

    /** The same with a port that another address of this machine has already; 127.0.0.2 is rarely in use otherwise. */
    static ServerSocket bind(String address, int port) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(address), port));
            return socket;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static EchoServer echo() {
        return new EchoServer(EchoServer::echo);
    }

    static void echo(Socket socket) throws IOException {
        socket.getInputStream().transferTo(socket.getOutputStream());
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept(Service service) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                accepted.incrementAndGet();
                open.incrementAndGet();
                sockets.add(socket);
                Thread thread = new Thread(() -> serve(service, socket), "test-connection");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Service service, Socket socket) {
        try (socket) {
            service.serve(socket);
        } catch (Exception e) {
            failures.add(e);
        } finally {
            open.decrementAndGet();
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
