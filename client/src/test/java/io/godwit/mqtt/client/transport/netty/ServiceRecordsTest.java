package io.godwit.mqtt.client.transport.netty;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.ConnectProgress;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.client.transport.netty.ServiceRecords.Srv;
import io.godwit.mqtt.client.transport.netty.ServiceRecords.Target;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("SRV records")
class ServiceRecordsTest {

    /** A name server that knows SRV records for one name and denies all others. */
    private static final class NameServer implements AutoCloseable {
        final List<String> asked = new CopyOnWriteArrayList<>();
        private final DatagramSocket socket;
        private final String name;
        private final List<Srv> records;

        NameServer(String name, Srv... records) throws IOException {
            this.name = name;
            this.records = List.of(records);
            socket = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"));
            Thread thread = new Thread(this::serve, "test-dns");
            thread.setDaemon(true);
            thread.start();
        }

        String url() {
            return "dns://127.0.0.1:" + socket.getLocalPort();
        }

        private void serve() {
            try {
                while (true) {
                    DatagramPacket packet = new DatagramPacket(new byte[512], 512);
                    socket.receive(packet);
                    byte[] answer = answer(ByteBuffer.wrap(packet.getData(), 0, packet.getLength()));
                    socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            } catch (IOException e) {
                return; // closed
            }
        }

        private byte[] answer(ByteBuffer query) {
            int end = 12;
            StringBuilder question = new StringBuilder();
            while (query.get(end) != 0) {
                int length = query.get(end);
                question.append(new String(query.array(), end + 1, length, US_ASCII))
                        .append('.');
                end += length + 1;
            }
            end += 5;
            asked.add(question.toString());
            boolean known = question.toString().equals(name + ".");
            ByteBuffer out = ByteBuffer.allocate(512);
            out.putShort(query.getShort(0)).putShort((short) (known ? 0x8580 : 0x8583));
            out.putShort((short) 1)
                    .putShort((short) (known ? records.size() : 0))
                    .putInt(0);
            out.put(query.array(), 12, end - 12);
            for (Srv each : known ? records : List.<Srv>of()) {
                out.putShort((short) 0xc00c)
                        .putShort((short) 33)
                        .putShort((short) 1)
                        .putInt(60);
                ByteBuffer data = ByteBuffer.allocate(256);
                data.putShort((short) each.priority())
                        .putShort((short) each.weight())
                        .putShort((short) each.port());
                for (String label : each.host().split("\\.", -1)) {
                    data.put((byte) label.length()).put(label.getBytes(US_ASCII));
                }
                data.put((byte) 0).flip();
                out.putShort((short) data.remaining()).put(data);
            }
            return Arrays.copyOf(out.array(), out.position());
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    @Test
    @DisplayName("RFC 2782: by priority, then at random by weight")
    void order() {
        List<Srv> records =
                List.of(new Srv(20, 0, 1, "last"), new Srv(10, 90, 1, "heavy"), new Srv(10, 10, 1, "light"));
        Random random = new Random(1);
        int heavyFirst = 0;
        for (int i = 0; i < 1000; i++) {
            List<Target> ordered = ServiceRecords.order(records, random);
            assertThat(ordered).hasSize(3).last().isEqualTo(new Target("last", 1));
            heavyFirst += ordered.get(0).host().equals("heavy") ? 1 : 0;
        }
        assertThat(heavyFirst).isBetween(830, 960);
        assertThat(ServiceRecords.order(List.of(new Srv(0, 0, 0, "")), random)).isEmpty();
    }

    @Test
    void only_for_names_with_the_standard_port() {
        Set<String> applies = new HashSet<>();
        for (String each : List.of(
                "mqtt://a.example",
                "mqtts://a.example",
                "mqtt://a.example:99",
                "ws://a.example",
                "mqtt://10.0.0.1",
                "mqtt://[::1]")) {
            if (ServiceRecords.apply(ServerAddress.parse(each))) {
                applies.add(each);
            }
        }
        assertThat(applies).containsExactlyInAnyOrder("mqtt://a.example", "mqtts://a.example");
    }

    @Test
    @DisplayName("a dead first target is passed over for the second")
    void walks_the_targets() throws Exception {
        int dead;
        try (ServerSocket socket = EchoServer.bind("127.0.0.1")) {
            dead = socket.getLocalPort();
        }
        try (EchoServer server = EchoServer.echo();
                NameServer names = new NameServer(
                        "_mqtt._tcp.shop.example",
                        new Srv(2, 0, server.port(), "two.example"),
                        new Srv(1, 0, dead, "one.example"));
                NettyTransport transport = new NettyTransport(1, Sockets.best(), new ServiceRecords(names.url()))) {
            List<String> resolved = new ArrayList<>();
            TransportOptions options = TransportOptions.to("mqtt://shop.example").toBuilder()
                    .serviceRecords(true)
                    .resolver(host -> {
                        resolved.add(host);
                        return List.of(InetAddress.getByName("127.0.0.1"));
                    })
                    .build();
            EventLoop loop = transport.nextLoop();
            Recorder recorder = new Recorder(loop);
            transport.open(loop, options, recorder);
            recorder.send("x");

            recorder.awaitText("x");
            assertThat(resolved).containsExactly("one.example", "two.example");
            assertThat(names.asked).contains("_mqtt._tcp.shop.example.");
            assertThat(recorder.connection().address()).isEqualTo(ServerAddress.parse("mqtt://shop.example"));
            assertThat(recorder.progress)
                    .first()
                    .isEqualTo(new ConnectProgress.Located(
                            List.of("one.example:" + dead, "two.example:" + server.port())));
        }
    }

    @Test
    @DisplayName("without records the address itself is used")
    void falls_back() throws Exception {
        try (NameServer names = new NameServer("_mqtt._tcp.other.example");
                NettyTransport transport = new NettyTransport(1, Sockets.best(), new ServiceRecords(names.url()))) {
            List<String> resolved = new ArrayList<>();
            TransportOptions options = TransportOptions.to("mqtts://shop.example").toBuilder()
                    .serviceRecords(true)
                    .resolver(host -> {
                        resolved.add(host);
                        throw new UnknownHostException(host);
                    })
                    .build();
            EventLoop loop = transport.nextLoop();
            Recorder recorder = new Recorder(loop);
            transport.open(loop, options, recorder);

            recorder.failure();
            assertThat(names.asked).containsExactly("_secure-mqtt._tcp.shop.example.");
            assertThat(resolved).containsExactly("shop.example");
        }
    }
}
