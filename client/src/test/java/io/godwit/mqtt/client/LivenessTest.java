package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.testkit.ScriptedBroker;
import io.netty.channel.epoll.Epoll;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What counts as a sign of life: thin links, stalled sockets, slow answers and packets that never end. */
@Timeout(60)
class LivenessTest {
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(2);

    private final BlockingQueue<DisconnectCause> ends = new LinkedBlockingQueue<>();

    private MqttClient client(String uri) {
        return MqttClient.builder()
                .server(uri)
                .protocol(ProtocolVersion.V3_1_1)
                .keepAlive(KEEP_ALIVE)
                .reconnect(Reconnect.never())
                .closeTimeout(Duration.ofMillis(100))
                .listener(new ClientListener() {
                    @Override
                    public void disconnected(MqttClient client, DisconnectCause cause, @Nullable Duration next) {
                        ends.add(cause);
                    }
                })
                .build();
    }

    /** Reads a packet at 100 kB a second at most; returns its first byte. */
    private static int readSlowly(DataInputStream in) throws IOException {
        int first = in.readUnsignedByte();
        int length = 0;
        int shift = 0;
        int b;
        do {
            b = in.readUnsignedByte();
            length |= (b & 127) << shift;
            shift += 7;
        } while (b > 127);
        byte[] piece = new byte[5_000];
        while (length > 0) {
            int read = in.read(piece, 0, Math.min(length, piece.length));
            if (read < 0) {
                throw new IOException("the client has ended the connection");
            }
            length -= read;
            LockSupport.parkNanos(read * 10_000L);
        }
        return first;
    }

    private static void serveSlowly(ServerSocket server) {
        try (Socket socket = server.accept()) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            readSlowly(in);
            socket.getOutputStream().write(new byte[] {0x20, 2, 0, 0});
            while (true) {
                int type = readSlowly(in) >> 4;
                if (type == 3) {
                    socket.getOutputStream().write(new byte[] {0x40, 2, 0, 1});
                } else if (type == 12) {
                    socket.getOutputStream().write(new byte[] {(byte) 0xd0, 0});
                }
            }
        } catch (IOException closed) {
            return; // by the client, at the end of the test
        }
    }

    @Test
    void a_thin_uplink_is_not_a_dead_connection() throws Exception {
        // Other sockets don't show how much of a message the kernel still holds.
        assumeTrue(Epoll.isAvailable(), "this system has no epoll");
        try (ServerSocket server = new ServerSocket()) {
            server.setReceiveBufferSize(4_096);
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Thread broker = new Thread(() -> serveSlowly(server));
            broker.start();
            try (MqttClient client = client("mqtt://127.0.0.1:" + server.getLocalPort())) {
                client.connect();

                client.publishAsync(Message.of("picture", new byte[800_000])).get(30, TimeUnit.SECONDS);

                assertThat(ends).isEmpty();
            }
            broker.join();
        }
    }

    @Test
    void a_socket_that_takes_nothing_more_is_given_up_within_one_and_a_half_keep_alives() throws Exception {
        try (ScriptedBroker broker = ScriptedBroker.start(
                        script -> script.accept(ProtocolVersion.V3_1_1).stall());
                MqttClient client = client(broker.uri())) {
            client.connect();
            long start = System.nanoTime();
            for (int i = 0; i < 20; i++) {
                client.publishAsync(Message.of("t", new byte[1_000_000]));
            }

            assertThat(ends.poll(10, TimeUnit.SECONDS)).isNotNull();

            // half a keep alive more, for the kernel's buffers to fill and for a busy machine
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(KEEP_ALIVE.multipliedBy(2));
        }
    }

    @Test
    void a_reply_slower_than_half_a_keep_alive_is_in_time() {
        try (ScriptedBroker broker = ScriptedBroker.start(script -> script.accept(ProtocolVersion.V3_1_1)
                        .expect("c0 00")
                        .pause(Duration.ofMillis(1_150))
                        .send("d0 00")
                        .expect("c0 00")
                        .send("d0 00"));
                MqttClient client = client(broker.uri())) {
            client.connect();

            broker.awaitDone(Duration.ofSeconds(10));

            assertThat(ends).isEmpty();
        }
    }

    @Test
    void a_packet_that_never_ends_keeps_no_connection_alive() throws Exception {
        byte[] trickle = new byte[120];
        try (ScriptedBroker broker = ScriptedBroker.start(script -> script.accept(ProtocolVersion.V3_1_1)
                        .send("30 80 80 40 00 01 74")
                        .sendSlowly(trickle, Duration.ofMillis(15)));
                MqttClient client = client(broker.uri())) {
            client.connect();

            DisconnectCause cause = ends.poll(8, TimeUnit.SECONDS);

            assertThat(cause).isNotNull();
            assertThat(cause.endedBy()).isEqualTo(DisconnectCause.EndedBy.CLIENT);
        }
    }
}
