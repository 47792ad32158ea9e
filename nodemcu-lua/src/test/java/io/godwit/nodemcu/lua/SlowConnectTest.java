package io.godwit.nodemcu.lua;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.nodemcu.Mqtt;
import io.godwit.nodemcu.MqttParameters;
import io.godwit.nodemcu.MqttSettings;
import io.godwit.nodemcu.Secure;
import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.DeviceListener;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * P9, reason -1: a server that reads nothing, with a small window and the small segments of a poor line, so that the
 * system of the sender keeps only some ten kilobytes for it and the rest of a large CONNECT stays with the client.
 */
class SlowConnectTest {

    private static final int LONGEST = 65_535;
    private static final int TCP = 6;
    private static final int TCP_MAXSEG = 2;

    @TempDir
    Path folder;

    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    private MultiThreadIoEventLoopGroup group;
    private Channel server;

    @BeforeEach
    void listen() {
        Assumptions.assumeTrue(Epoll.isAvailable(), "the size of segments can be set on Linux only");
        group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        server = new ServerBootstrap()
                .group(group)
                .channel(EpollServerSocketChannel.class)
                .option(ChannelOption.SO_RCVBUF, 1024)
                .option(new IntegerUnixChannelOption("TCP_MAXSEG", TCP, TCP_MAXSEG), 536)
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new ChannelInboundHandlerAdapter())
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
    }

    @AfterEach
    void stop() {
        if (group != null) {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    private int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    private static MqttSettings settings(ProtocolVersion version) {
        return MqttSettings.defaults()
                .withVersion(version)
                .withNetworkTimeout(Duration.ofSeconds(1))
                .withWarnings(warning -> {});
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void assertReason(String expected) throws InterruptedException {
        assertThat(seen.poll(15, TimeUnit.SECONDS)).isEqualTo(expected);
        assertThat(seen.poll(200, TimeUnit.MILLISECONDS)).isNull();
    }

    @ParameterizedTest(name = "MQTT {0}")
    @EnumSource(
            value = ProtocolVersion.class,
            names = {"V3_1", "V3_1_1"})
    @DisplayName("P6 P9 from Java: reason -1, CONNECT could not be written in time")
    void from_java(ProtocolVersion version) throws Exception {
        String longest = "x".repeat(LONGEST);
        Mqtt m = Mqtt.client(new MqttParameters("slow", 60, longest, bytes(longest), true, 0), settings(version));
        try {
            m.lwt("will", longest);
            m.connect(
                    "127.0.0.1",
                    port(),
                    Secure.off(),
                    true,
                    c -> seen.add("connected"),
                    (c, reason) -> seen.add("reason " + reason));
            assertReason("reason " + Mqtt.CONN_FAIL_TIMEOUT_SENDING);
            assertThat(m.lastFailure()).isNotNull();
        } finally {
            m.close();
        }
    }

    @ParameterizedTest(name = "MQTT {0}")
    @EnumSource(
            value = ProtocolVersion.class,
            names = {"V3_1", "V3_1_1"})
    @DisplayName("P9 from Java: reason -2 on the same network, when CONNECT is small enough to leave")
    void small_from_java(ProtocolVersion version) throws Exception {
        Mqtt m = Mqtt.client(new MqttParameters("slow", 60, "user", bytes("password"), true, 0), settings(version));
        try {
            m.connect(
                    "127.0.0.1",
                    port(),
                    Secure.off(),
                    true,
                    c -> seen.add("connected"),
                    (c, reason) -> seen.add("reason " + reason));
            assertReason("reason " + Mqtt.CONN_FAIL_TIMEOUT_RECEIVING);
        } finally {
            m.close();
        }
    }

    @ParameterizedTest(name = "MQTT {0}")
    @EnumSource(
            value = ProtocolVersion.class,
            names = {"V3_1", "V3_1_1"})
    @DisplayName("P6 P9 from Lua: reason -1, CONNECT could not be written in time")
    void from_lua(ProtocolVersion version) throws Exception {
        Files.writeString(folder.resolve("init.lua"), """
                local longest = string.rep("x", LONGEST)
                m = mqtt.Client("slow", 60, longest, longest)
                m:lwt("will", longest, 0, 0)
                m:connect("127.0.0.1", PORT, 0, 1, function() print("connected") end, function(c, reason)
                  print("reason " .. reason, reason == mqtt.CONN_FAIL_TIMEOUT_SENDING)
                end)
                """.replace("LONGEST", Integer.toString(LONGEST))
                .replace("PORT", Integer.toString(port())));
        DeviceListener listener = new DeviceListener() {
            @Override
            public void printed(Device device, byte[] line) {
                seen.add(new String(line, StandardCharsets.UTF_8));
            }
        };
        try (Host running = Host.start(HostOptions.of(folder).mqtt(settings(version)), listener)) {
            assertReason("reason -1\ttrue");
            assertThat(running.figures().errors()).isZero();
        }
    }
}
