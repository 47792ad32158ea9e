package io.godwit.simulation.hostile;

import io.godwit.mqtt.broker.MqttBroker;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Stands between one client and a broker: first hostile, then honest. */
final class MutatingProxy implements AutoCloseable {
    // Set once.
    private final ServerSocket server;
    private final MqttBroker broker;
    private final boolean webSocket;
    private final AtomicLong connections;

    // Acceptor thread only.
    private final SplittableRandom random;

    // Any thread.
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Set<Socket> silent = ConcurrentHashMap.newKeySet();
    private volatile boolean honest;

    /** @param connections counts the hostile ones */
    MutatingProxy(MqttBroker broker, boolean webSocket, SplittableRandom random, AtomicLong connections)
            throws IOException {
        this.broker = broker;
        this.webSocket = webSocket;
        this.random = random;
        this.connections = connections;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "mutating-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    /** Where the client finds the broker. */
    String uri() {
        return broker.uri().replaceFirst(":" + broker.port() + "\\b", ":" + server.getLocalPort());
    }

    /**
     * From now on new connections are honest. Those that carry nothing any more stay open, since the client has to notice that
     * by itself; the others end.
     */
    void becomeHonest() {
        honest = true;
        for (Socket socket : open) {
            if (!silent.contains(socket)) {
                close(socket);
            }
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                boolean mutates = !honest;
                SplittableRandom own = random.split();
                start(() -> serve(client, mutates, own));
            }
        } catch (IOException closed) {
            // the round is over
        }
    }

    private void serve(Socket client, boolean mutates, SplittableRandom own) {
        open.add(client);
        if (mutates && honest) {
            close(client); // too late to be seen by becomeHonest
        }
        try (Socket target = new Socket(broker.host(), broker.port())) {
            client.setTcpNoDelay(true);
            target.setTcpNoDelay(true);
            start(() -> copy(client, target));
            DataInputStream from = new DataInputStream(target.getInputStream());
            if (!mutates) {
                transfer(from, client.getOutputStream());
            } else {
                connections.incrementAndGet();
                PacketMutator mutator = new PacketMutator(own, webSocket);
                if (mutator.pass(from, client.getOutputStream(), () -> honest)) {
                    silent.add(client);
                    transfer(from, OutputStream.nullOutputStream());
                    return; // only the client ends this connection
                }
            }
        } catch (IOException ended) {
            // by the client or the broker
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close(client);
        open.remove(client);
    }

    /** What the client sends passes unchanged. */
    private void copy(Socket client, Socket target) {
        try {
            transfer(client.getInputStream(), target.getOutputStream());
        } catch (IOException ended) {
            // by the client or the broker
        }
        close(target);
        if (silent.contains(client)) {
            close(client);
            open.remove(client);
        }
    }

    private static void transfer(InputStream from, OutputStream to) throws IOException {
        byte[] bytes = new byte[8_192];
        for (int length = from.read(bytes); length >= 0; length = from.read(bytes)) {
            to.write(bytes, 0, length);
            to.flush();
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is closed
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        open.forEach(MutatingProxy::close);
    }
}
