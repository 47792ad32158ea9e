package io.godwit.nodemcu.lua;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.checks.Mosquitto;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.nodemcu.Mqtt;
import io.godwit.nodemcu.MqttParameters;
import io.godwit.nodemcu.MqttSettings;
import io.godwit.nodemcu.Secure;
import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.DeviceListener;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** P4: {@code secure} as a number, a Boolean and a table with PEM text, over TLS to Mosquitto, in 3.1 and 3.1.1. */
class SecureTest {

    @TempDir
    static Path certificates;

    private static X509Bundle authority;
    private static X509Bundle stranger;
    private static X509Bundle mine;
    private static X509Bundle foreign;
    private static Mosquitto mosquitto;
    private static Mosquitto mutual;

    @TempDir
    Path folder;

    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

    /** One value of {@code secure} as Java and as Lua say it, and how the connection ends. */
    private record Way(String name, String lua, boolean mutualBroker, boolean succeeds) {

        Secure java() {
            return switch (name) {
                case "off" -> Secure.off();
                case "CA" -> pem(authority, null);
                case "wrong CA" -> pem(stranger, null);
                case "certificate and key" -> pem(authority, mine);
                case "certificate of another authority" -> pem(authority, foreign);
                case "certificate and key, unverified broker" -> pem(null, mine);
                case "verified by the trust store of the JVM" -> Secure.on();
                default -> Secure.unverified();
            };
        }

        private static Secure pem(X509Bundle ca, X509Bundle own) {
            return Secure.pem(
                    ca == null ? null : ca.getCertificatePEM(),
                    own == null ? null : own.getCertificatePathPEM(),
                    own == null ? null : own.getPrivateKeyPEM());
        }

        @Override
        public String toString() {
            return name + (mutualBroker ? ", the broker asks for a certificate" : "");
        }
    }

    @BeforeAll
    static void startBrokers() throws Exception {
        authority = ca("Test Authority");
        stranger = ca("Another Authority");
        mine = certificate("device").buildIssuedBy(authority);
        foreign = certificate("device").buildIssuedBy(stranger);
        X509Bundle server = certificate("broker")
                .addSanDnsName("localhost")
                .addSanIpAddress("127.0.0.1")
                .buildIssuedBy(authority);
        Path ca = Files.writeString(certificates.resolve("ca.pem"), authority.getCertificatePEM());
        Path chain = Files.writeString(certificates.resolve("server.pem"), server.getCertificatePathPEM());
        Path key = Files.writeString(certificates.resolve("server.key"), server.getPrivateKeyPEM());
        if (Mosquitto.isInstalled()) {
            String[] settings = {"cafile " + ca, "certfile " + chain, "keyfile " + key};
            mosquitto =
                    Mosquitto.in(certificates).anonymous().listener(settings).start();
            mutual = Mosquitto.in(Files.createDirectory(certificates.resolve("mutual")))
                    .anonymous()
                    .listener(settings)
                    .settings("require_certificate true")
                    .start();
        }
    }

    private static X509Bundle ca(String name) throws Exception {
        return certificate(name).setIsCertificateAuthority(true).buildSelfSigned();
    }

    private static CertificateBuilder certificate(String name) {
        return new CertificateBuilder().ecp256().subject("CN=" + name);
    }

    @AfterAll
    static void stopBrokers() throws Exception {
        for (Mosquitto broker : new Mosquitto[] {mosquitto, mutual}) {
            if (broker != null) {
                broker.close();
            }
        }
    }

    static Stream<Arguments> ways() {
        return Stream.of(
                        new Way("1", "1", false, true),
                        new Way("true", "true", false, true),
                        new Way("off", "0", false, false),
                        new Way("empty table", "{}", false, true),
                        new Way("CA", "{ca_cert = read('ca')}", false, true),
                        new Way("wrong CA", "{ca_cert = read('stranger')}", false, false),
                        new Way("verified by the trust store of the JVM", null, false, false),
                        new Way(
                                "certificate and key",
                                "{ca_cert = read('ca'), client_cert = read('mine'), client_key = read('key')}",
                                true,
                                true),
                        new Way(
                                "certificate and key, unverified broker",
                                "{client_cert = read('mine'), client_key = read('key')}",
                                true,
                                true),
                        new Way("CA", "{ca_cert = read('ca')}", true, false),
                        new Way(
                                "certificate of another authority",
                                "{ca_cert = read('ca'), client_cert = read('foreign'), client_key = read('foreignkey')}",
                                true,
                                false))
                .flatMap(way -> Stream.of(ProtocolVersion.V3_1, ProtocolVersion.V3_1_1)
                        .map(version -> Arguments.of(way, version)));
    }

    /** A script cannot ask for verification without naming a CA. */
    static Stream<Arguments> waysOfLua() {
        return ways().filter(arguments -> ((Way) arguments.get()[0]).lua() != null);
    }

    private static int port(Way way) {
        Assumptions.assumeTrue(Mosquitto.isInstalled(), "mosquitto is not installed");
        return way.mutualBroker() ? mutual.port() : mosquitto.port();
    }

    private static MqttSettings settings(ProtocolVersion version) {
        return MqttSettings.defaults()
                .withVersion(version)
                .withNetworkTimeout(Duration.ofSeconds(10))
                .withWarnings(warning -> {});
    }

    private void assertEnd(Way way) throws InterruptedException {
        List<String> expected = way.succeeds()
                ? List.of("connected", "secure=yes")
                // Without TLS the broker hangs up; a refused certificate of ours is reported after our side of the
                // handshake.
                : way.name().equals("off")
                        ? List.of("reason -2")
                        : way.mutualBroker() ? List.of("reason -5", "reason -2") : List.of("reason -5");
        String first = seen.poll(20, TimeUnit.SECONDS);
        if (!way.succeeds()) {
            assertThat(first).isIn(expected);
            return;
        }
        assertThat(first).isEqualTo("connected");
        assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo("secure=yes");
    }

    @ParameterizedTest(name = "{0}, MQTT {1}")
    @MethodSource("ways")
    @DisplayName("P4 P9 from Java")
    void from_java(Way way, ProtocolVersion version) throws Exception {
        int port = port(way);
        Mqtt m = Mqtt.client(new MqttParameters("secure-java", 60, null, null, true, 0), settings(version));
        try {
            m.on("message", (c, topic, data) -> seen.add(topic + "=" + new String(data, StandardCharsets.UTF_8)));
            m.connect(
                    "127.0.0.1",
                    port,
                    way.java(),
                    false,
                    c -> {
                        seen.add("connected");
                        c.subscribe("secure", 0, d -> d.publish("secure", "yes", 0, false));
                    },
                    (c, reason) -> seen.add("reason " + reason));
            assertEnd(way);
        } finally {
            m.close();
        }
    }

    @ParameterizedTest(name = "{0}, MQTT {1}")
    @MethodSource("waysOfLua")
    @DisplayName("P4 P9 from Lua")
    void from_lua(Way way, ProtocolVersion version) throws Exception {
        int port = port(way);
        Files.writeString(folder.resolve("ca"), authority.getCertificatePEM());
        Files.writeString(folder.resolve("stranger"), stranger.getCertificatePEM());
        Files.writeString(folder.resolve("mine"), mine.getCertificatePathPEM());
        Files.writeString(folder.resolve("key"), mine.getPrivateKeyPEM());
        Files.writeString(folder.resolve("foreign"), foreign.getCertificatePathPEM());
        Files.writeString(folder.resolve("foreignkey"), foreign.getPrivateKeyPEM());
        Files.writeString(folder.resolve("init.lua"), """
                local function read(name) return file.getcontents(name) end
                m = mqtt.Client("secure-lua", 60)
                m:on("message", function(c, t, d) print(t .. "=" .. d) end)
                m:connect("127.0.0.1", PORT, SECURE, function(c)
                  print("connected")
                  c:subscribe("secure", 0, function() c:publish("secure", "yes", 0, 0) end)
                end, function(c, reason) print("reason " .. reason) end)
                """.replace("PORT", Integer.toString(port))
                .replace("SECURE", way.lua()));
        DeviceListener listener = new DeviceListener() {
            @Override
            public void printed(Device device, byte[] line) {
                seen.add(new String(line, StandardCharsets.UTF_8));
            }
        };
        try (Host running = Host.start(HostOptions.of(folder).mqtt(settings(version)), listener)) {
            assertEnd(way);
            assertThat(running.figures().errors()).isZero();
        }
    }
}
