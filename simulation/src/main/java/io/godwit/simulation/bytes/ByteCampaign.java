package io.godwit.simulation.bytes;

import io.godwit.mqtt.broker.MqttBroker;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Connections that send hostile bytes to a broker over TCP and WebSocket, while an honest client publishes to itself. The
 * honest one must not notice, and afterwards nothing of the others may be left.
 */
final class ByteCampaign {
    private static final int ATTACKERS = 16;
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(10);

    private final long seed;
    private final AtomicLong connections = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final ConcurrentLinkedQueue<String> faults = new ConcurrentLinkedQueue<>();
    private volatile boolean stopping;

    ByteCampaign(long seed) {
        this.seed = seed;
    }

    /**
     * What a campaign has shown.
     *
     * @param messages of the honest client, each delivered
     * @param slowest how long one of them took at most
     * @param faults empty if the broker has withstood
     */
    record Outcome(long connections, long bytes, long messages, Duration slowest, List<String> faults) {}

    Outcome run(Duration time) throws InterruptedException {
        try (MqttBroker tcp = MqttBroker.start();
                MqttBroker webSocket = MqttBroker.builder().webSocket("/mqtt").start()) {
            SplittableRandom random = new SplittableRandom(seed);
            List<Thread> attackers = new ArrayList<>();
            for (int n = 0; n < ATTACKERS; n++) {
                SplittableRandom own = random.split();
                MqttBroker target = n % 2 == 0 ? tcp : webSocket;
                Thread attacker = new Thread(() -> attack(target, target == webSocket, own), "attacker-" + n);
                attacker.start();
                attackers.add(attacker);
            }
            Honest onTcp = new Honest(tcp);
            Honest onWebSocket = new Honest(webSocket);
            long end = System.nanoTime() + time.toNanos();
            while (System.nanoTime() < end && faults.isEmpty()) {
                onTcp.publish();
                onWebSocket.publish();
            }
            stopping = true;
            for (Thread attacker : attackers) {
                attacker.join();
            }
            onTcp.finish();
            onWebSocket.finish();
            Duration slowest = Duration.ofNanos(Math.max(onTcp.slowest, onWebSocket.slowest));
            return new Outcome(
                    connections.get(),
                    bytes.get(),
                    onTcp.messages + onWebSocket.messages,
                    slowest,
                    List.copyOf(faults));
        }
    }

    private void attack(MqttBroker broker, boolean webSocket, SplittableRandom random) {
        while (!stopping) {
            connections.incrementAndGet();
            try (Socket socket = new Socket(broker.host(), broker.port())) {
                socket.setSoTimeout(50);
                HostileBytes hostile = new HostileBytes(random, webSocket);
                for (int n = 1 + random.nextInt(40); n > 0 && !stopping; n--) {
                    byte[] chunk = hostile.next();
                    socket.getOutputStream().write(chunk);
                    bytes.addAndGet(chunk.length);
                    if (random.nextInt(4) == 0 && readSome(socket) < 0) {
                        break;
                    }
                }
            } catch (IOException ended) {
                // The broker has ended the connection, as it should.
            }
        }
    }

    private static int readSome(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read(new byte[4_096]);
        } catch (java.net.SocketTimeoutException nothing) {
            return 0;
        }
    }

    /** A client that publishes to itself and expects each message. */
    private final class Honest {
        private final MqttBroker broker;
        private final MqttClient client;
        private final SynchronousQueue<String> arrived = new SynchronousQueue<>();
        private final String id;
        private long messages;
        private long slowest;

        Honest(MqttBroker broker) throws InterruptedException {
            this.broker = broker;
            this.id = "honest-" + Long.toHexString(new SplittableRandom().nextLong());
            this.client = MqttClient.builder().server(broker.uri()).clientId(id).build();
            client.connect();
            client.subscribe(id, Qos.AT_LEAST_ONCE, message -> arrived.put(message.text()));
        }

        void publish() throws InterruptedException {
            String text = "message " + messages++;
            long start = System.nanoTime();
            client.publishAsync(Message.of(id, text).withQos(Qos.AT_LEAST_ONCE));
            @Nullable String got = arrived.poll(LONGEST_DELAY.toNanos(), TimeUnit.NANOSECONDS);
            slowest = Math.max(slowest, System.nanoTime() - start);
            if (!text.equals(got)) {
                faults.add(broker.uri() + ": expected '" + text + "', got '" + got + "'");
            }
        }

        /** The honest client must be the only one that is left, on its first connection. */
        void finish() throws InterruptedException {
            long end = System.nanoTime() + LONGEST_DELAY.toNanos();
            while (!broker.connectedClients().equals(List.of(id)) && System.nanoTime() < end) {
                Thread.sleep(20);
            }
            if (!broker.connectedClients().equals(List.of(id))) {
                faults.add(broker.uri() + ": still connected are " + broker.connectedClients());
            }
            if (broker.closed().isDone()) {
                faults.add(broker.uri() + " has ended");
            }
            client.close();
        }
    }
}
