package io.godwit.nodemcu.lua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.nodemcu.MqttSettings;
import io.godwit.nodemcu.Profile;
import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.WifiSettings;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** TCP sockets and servers of {@code net} in real time. */
@Timeout(60)
class TcpTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    /** How long to look for what must not come. */
    private static final int NOTHING_MILLIS = 300;

    @TempDir
    Path folder;

    private final ScriptRun run = new ScriptRun();

    private Host start(String script) throws Exception {
        Files.writeString(folder.resolve("init.lua"), script);
        return Host.start(HostOptions.of(folder).wifi(WifiSettings.DEFAULTS.withStart(WifiSettings.Start.READY)), run);
    }

    private static ServerSocket listen() throws Exception {
        return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    private void awaitPrinted(String... lines) {
        await().atMost(SOON).untilAsserted(() -> assertThat(run.printed).containsExactly(lines));
    }

    /** Runs Lua on the device, behind all that it has been told to do before. */
    private static void evaluate(Device device, String lua) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        device.evaluate(lua, result -> done.countDown());
        done.await();
    }

    private static String read(Socket socket, int length) throws Exception {
        socket.setSoTimeout((int) SOON.toMillis());
        return new String(socket.getInputStream().readNBytes(length), StandardCharsets.US_ASCII);
    }

    private static void write(Socket socket, String text) throws Exception {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void what_is_sent_before_the_connection_is_an_error_and_does_no_harm() throws Exception {
        try (ServerSocket server = listen();
                Host host = start("""
                        local sk, connected, tries = net.createConnection(), false, 0
                        sk:on("connection", function() connected = true print(tries > 0) sk:send("question") end)
                        sk:on("receive", function(s, data) print(data) end)
                        local function early()
                          if connected then return end
                          local sent, problem = pcall(sk.send, sk, "early")
                          local unheld = pcall(sk.unhold, sk)
                          if sent or problem ~= "not connected" or not unheld then print(sent, problem, unheld) end
                          tries = tries + 1
                          node.task.post(early)
                        end
                        sk:connect(%d, "127.0.0.1")
                        node.task.post(early)
                        """.formatted(server.getLocalPort()));
                Socket peer = server.accept()) {

            assertThat(read(peer, 8)).isEqualTo("question");
            write(peer, "answer");

            awaitPrinted("true", "answer");
            assertThat(host.figures().errors()).isZero();
        }
    }

    private static final String CLIENT = """
            sk = net.createConnection()
            sk:on("connection", function() print("connected") end)
            sk:on("receive", function(s, data) print("got " .. data) end)
            sk:on("sent", function() print("sent") end)
            sk:on("disconnection", function(s, code) print("gone " .. code) end)
            sk:connect(%d, "127.0.0.1")
            """;

    @Test
    void nothing_comes_or_goes_while_the_network_is_unplugged_and_nothing_is_lost() throws Exception {
        try (ServerSocket server = listen();
                Host host = start(CLIENT.formatted(server.getLocalPort()));
                Socket peer = server.accept()) {
            Device device = host.devices().get(0);
            awaitPrinted("connected");

            device.unplugNetwork();
            evaluate(device, "sk:send('question')");
            write(peer, "a");
            peer.setSoTimeout(NOTHING_MILLIS);
            assertThatThrownBy(() -> peer.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            assertThat(run.printed).containsExactly("connected");

            device.plugNetwork();
            assertThat(read(peer, 8)).isEqualTo("question");
            awaitPrinted("connected", "got a", "sent");
            write(peer, "b");
            peer.close();
            awaitPrinted("connected", "got a", "sent", "got b", "gone 0");
        }
    }

    @Test
    void the_end_of_a_connection_is_seen_when_the_network_is_plugged_in() throws Exception {
        try (ServerSocket server = listen();
                Host host = start(CLIENT.formatted(server.getLocalPort()));
                Socket peer = server.accept()) {
            Device device = host.devices().get(0);
            awaitPrinted("connected");

            device.unplugNetwork();
            evaluate(device, "1");
            peer.close();
            await().during(Duration.ofMillis(NOTHING_MILLIS)).atMost(SOON).until(() -> run.printed.size() == 1);

            device.plugNetwork();
            awaitPrinted("connected", "gone 0");
        }
    }

    @Test
    void a_server_serves_nobody_while_the_network_is_unplugged() throws Exception {
        try (Host host = start("""
                local server = net.createServer()
                server:listen(0, function(s) print("client") s:send("hello") end)
                print((server:getaddr()))
                """)) {
            Device device = host.devices().get(0);
            await().atMost(SOON).until(() -> run.printed.size() == 1);
            String port = run.printed.get(0);
            device.unplugNetwork();
            evaluate(device, "1");

            try (Socket first = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(port));
                    Socket second = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(port))) {
                await().during(Duration.ofMillis(NOTHING_MILLIS)).atMost(SOON).until(() -> run.printed.size() == 1);

                device.plugNetwork();
                assertThat(read(first, 5)).isEqualTo("hello");
                assertThat(read(second, 5)).isEqualTo("hello");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Profile.class)
    void tls_is_refused_and_never_becomes_plain_text(Profile profile) {
        ScriptRun refused = ScriptRun.of(
                folder,
                """
                print(pcall(net.createConnection, net.TCP, 1))
                print(pcall(net.createConnection, net.TCP, true))
                print(pcall(net.createConnection, nil, 1))
                print((pcall(net.createConnection, net.TCP, 0)), (pcall(net.createConnection, net.TCP, false)))
                """,
                Duration.ofSeconds(1),
                options -> options.mqtt(MqttSettings.defaults().withProfile(profile)));

        assertThat(refused.printed).hasSize(4);
        assertThat(refused.printed.subList(0, 3))
                .allMatch(line -> line.startsWith("false\tsecure connections not supported: use http"));
        assertThat(refused.printed.get(3)).isEqualTo("true\ttrue");
    }
}
