package io.godwit.nodemcu.lua;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.DeviceListener;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class UdpTest {

    @TempDir
    Path folder;

    private final BlockingQueue<String> printed = new LinkedBlockingQueue<>();

    private final DeviceListener listener = new DeviceListener() {
        @Override
        public void printed(Device device, byte[] line) {
            printed.add(new String(line, StandardCharsets.UTF_8));
        }
    };

    @Test
    void a_datagram_goes_out_and_its_answer_comes_back() throws Exception {
        try (DatagramSocket peer = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            Files.writeString(folder.resolve("init.lua"), """
                    local s = net.createUDPSocket()
                    s:on("receive", function(_, data, port, ip) print(data, port, ip) end)
                    s:on("sent", function() print("sent") end)
                    s:send(%d, "127.0.0.1", "question")
                    """.formatted(peer.getLocalPort()));
            try (Host host = Host.start(HostOptions.of(folder), listener)) {
                DatagramPacket question = new DatagramPacket(new byte[100], 100);
                peer.receive(question);
                byte[] answer = "answer".getBytes(StandardCharsets.UTF_8);
                peer.send(new DatagramPacket(answer, answer.length, question.getSocketAddress()));

                assertThat(new String(Arrays.copyOf(question.getData(), question.getLength()), StandardCharsets.UTF_8))
                        .isEqualTo("question");
                assertThat(List.of(
                                String.valueOf(printed.poll(10, TimeUnit.SECONDS)),
                                String.valueOf(printed.poll(10, TimeUnit.SECONDS))))
                        .containsExactlyInAnyOrder("sent", "answer\t" + peer.getLocalPort() + "\t127.0.0.1");
                assertThat(host.figures().errors()).isZero();
            }
        }
    }

    @Test
    void a_listening_socket_receives_in_both_forms() throws Exception {
        Files.writeString(folder.resolve("init.lua"), """
                local a = net.createUDPSocket()
                a:listen(0)
                a:on("receive", function(s, data, port, ip) s:send(port, ip, "a:" .. data) end)
                print((a:getaddr()))
                local b = net.createServer(net.UDP)
                b:on("receive", function(s, data, port, ip) s:send(port, ip, "b:" .. data) end)
                b:listen(0)
                print((b:getaddr()))
                """);
        try (Host host = Host.start(HostOptions.of(folder), listener);
                DatagramSocket peer = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            for (String name : new String[] {"a", "b"}) {
                int port = Integer.parseInt(String.valueOf(printed.poll(10, TimeUnit.SECONDS)));
                DatagramPacket answer = new DatagramPacket(new byte[100], 100);
                peer.setSoTimeout(500);
                // The station gets its address a second after the start: until then nothing arrives.
                while (answer.getLength() == 100) {
                    peer.send(new DatagramPacket(
                            "x".getBytes(StandardCharsets.UTF_8), 1, InetAddress.getLoopbackAddress(), port));
                    try {
                        peer.receive(answer);
                    } catch (SocketTimeoutException e) {
                        // Sent again.
                    }
                }
                assertThat(new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8))
                        .isEqualTo(name + ":x");
            }
            assertThat(host.figures().errors()).isZero();
        }
    }
}
