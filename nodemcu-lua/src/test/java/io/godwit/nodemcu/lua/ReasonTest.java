package io.godwit.nodemcu.lua;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.nodemcu.Mqtt;
import io.godwit.nodemcu.MqttParameters;
import io.godwit.nodemcu.MqttSettings;
import io.godwit.nodemcu.Secure;
import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.DeviceListener;
import io.godwit.nodemcu.lua.device.WifiSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** P6, P9: each reason of a failed connection by a real cause, from Java and from Lua, in 3.1 and 3.1.1. */
class ReasonTest {

    @TempDir
    Path folder;

    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

    /** What the far end does once CONNECT has come: bytes to answer with, or null to close, or nothing to say. */
    private record Cause(int reason, String host, byte[] answer, boolean silent) {
        @Override
        public String toString() {
            return "reason " + reason
                    + (host == null ? silent ? ", silence" : answer == null ? ", closed" : "" : ", " + host);
        }
    }

    static Stream<Arguments> causes() {
        return Stream.of(
                        new Cause(-5, "127.0.0.1", null, false),
                        new Cause(
                                -4,
                                null,
                                ("HTTP/1.1 400 Bad Request\r\n" + "Server: none\r\n".repeat(20))
                                        .getBytes(StandardCharsets.US_ASCII),
                                false),
                        new Cause(-4, null, new byte[] {(byte) 0xD0, 0}, false),
                        new Cause(-3, "no-such-host.invalid", null, false),
                        new Cause(-2, null, null, true),
                        new Cause(-2, null, null, false),
                        new Cause(1, null, new byte[] {0x20, 2, 0, 1}, false),
                        new Cause(2, null, new byte[] {0x20, 2, 0, 2}, false),
                        new Cause(3, null, new byte[] {0x20, 2, 0, 3}, false),
                        new Cause(4, null, new byte[] {0x20, 2, 0, 4}, false),
                        new Cause(5, null, new byte[] {0x20, 2, 0, 5}, false),
                        new Cause(77, null, new byte[] {0x20, 2, 0, 77}, false))
                .flatMap(cause -> Stream.of(ProtocolVersion.V3_1, ProtocolVersion.V3_1_1)
                        .map(version -> Arguments.of(cause, version)));
    }

    private static void serve(ServerSocket server, Cause cause) {
        Thread thread = new Thread(() -> {
            try (Socket socket = server.accept();
                    OutputStream out = socket.getOutputStream()) {
                socket.getInputStream().readNBytes(10);
                if (cause.answer() != null) {
                    out.write(cause.answer());
                    out.flush();
                }
                if (cause.answer() != null || cause.silent()) {
                    socket.getInputStream().readAllBytes();
                }
            } catch (IOException over) {
                // The test is over.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private static MqttSettings settings(ProtocolVersion version) {
        return MqttSettings.defaults()
                .withVersion(version)
                .withNetworkTimeout(Duration.ofMillis(500))
                .withWarnings(warning -> {});
    }

    @ParameterizedTest(name = "{0}, MQTT {1}")
    @MethodSource("causes")
    @DisplayName("P6 P9 from Java")
    void from_java(Cause cause, ProtocolVersion version) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            serve(server, cause);
            Mqtt m = Mqtt.client(new MqttParameters("reason", 60, null, null, true, 0), settings(version));
            m.on("offline", c -> seen.add("offline"));
            m.connect(
                    cause.host() == null ? "127.0.0.1" : cause.host(),
                    cause.host() == null ? server.getLocalPort() : 1,
                    Secure.off(),
                    true,
                    c -> seen.add("connected"),
                    (c, reason) -> seen.add("reason " + reason));
            assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("reason " + cause.reason());
            assertThat(m.lastFailure()).isNotNull();
            assertThat(seen.poll(200, TimeUnit.MILLISECONDS)).isNull();
            m.close();
        }
    }

    @ParameterizedTest(name = "{0}, MQTT {1}")
    @MethodSource("causes")
    @DisplayName("P6 P9 from Lua")
    void from_lua(Cause cause, ProtocolVersion version) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            serve(server, cause);
            String host = cause.host() == null ? "127.0.0.1" : cause.host();
            int port = cause.host() == null ? server.getLocalPort() : 1;
            Files.writeString(
                    folder.resolve("init.lua"),
                    "m = mqtt.Client('reason', 60) m:on('offline', function() print('offline') end)\n"
                            + "print(m:connect('" + host + "', " + port + ", 0, 1, function() print('connected') end, "
                            + "function(client, reason) print('reason ' .. reason .. tostring(client == m)) end))");
            DeviceListener listener = new DeviceListener() {
                @Override
                public void printed(Device device, byte[] line) {
                    seen.add(new String(line, StandardCharsets.UTF_8));
                }
            };
            try (Host running = Host.start(
                    HostOptions.of(folder)
                            .mqtt(settings(version))
                            .wifi(WifiSettings.DEFAULTS.withStart(WifiSettings.Start.READY)),
                    listener)) {
                assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("true");
                assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("reason " + cause.reason() + "true");
                assertThat(seen.poll(200, TimeUnit.MILLISECONDS)).isNull();
                assertThat(running.figures().errors()).isZero();
            }
        }
    }
}
