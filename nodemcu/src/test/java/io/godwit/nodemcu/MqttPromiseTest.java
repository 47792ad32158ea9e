package io.godwit.nodemcu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.checks.Mosquitto;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.testkit.TestBroker;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The numbered promises of the module, from Java, in 3.1 and 3.1.1, against Mosquitto and the test broker. */
class MqttPromiseTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    private static Path shared;

    private static Mosquitto mosquitto;
    private static TestBroker broker;

    private final List<String> seen = Collections.synchronizedList(new ArrayList<>());
    private final List<String> warnings = Collections.synchronizedList(new ArrayList<>());
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeAll
    static void startBrokers() throws Exception {
        broker = TestBroker.start();
        if (Mosquitto.isInstalled()) {
            mosquitto = Mosquitto.start(shared);
        }
    }

    @AfterAll
    static void stopBrokers() throws Exception {
        broker.close();
        if (mosquitto != null) {
            mosquitto.close();
        }
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    static Stream<Arguments> transports() {
        return Stream.of("mosquitto", "test broker")
                .flatMap(name -> Stream.of(ProtocolVersion.V3_1, ProtocolVersion.V3_1_1)
                        .map(version -> Arguments.of(name, version)));
    }

    private static int port(String name) {
        Assumptions.assumeTrue(!name.equals("mosquitto") || mosquitto != null, "mosquitto is not installed");
        return name.equals("mosquitto") ? mosquitto.port() : broker.port();
    }

    private MqttSettings settings(ProtocolVersion version) {
        return MqttSettings.defaults()
                .withVersion(version)
                .withReconnectInterval(Duration.ofMillis(200))
                .withNetworkTimeout(Duration.ofSeconds(3))
                .withWarnings(warning -> warnings.add(warning.text()));
    }

    private Mqtt client(String id, ProtocolVersion version) {
        return client(id, version, true, 60);
    }

    private Mqtt client(String id, ProtocolVersion version, boolean clean, int keepalive) {
        return client(new MqttParameters(id, keepalive, null, null, clean, 0), settings(version));
    }

    private Mqtt client(MqttParameters parameters, MqttSettings settings) {
        Mqtt client = Mqtt.client(parameters, settings);
        open.add(client::close);
        client.on("offline", c -> seen.add("offline"));
        client.on("connect", c -> seen.add("on connect"));
        client.on(
                "message",
                (c, topic, data) ->
                        seen.add(topic + "=" + (data == null ? "nil" : new String(data, StandardCharsets.UTF_8))));
        return client;
    }

    private void connect(Mqtt client, int port, boolean autoreconnect) {
        assertThat(client.connect(
                        "127.0.0.1",
                        port,
                        Secure.off(),
                        autoreconnect,
                        c -> seen.add("connected"),
                        (c, r) -> seen.add("failed " + r)))
                .isTrue();
        await().atMost(SOON).until(client::isConnected);
        awaitSeen("on connect");
    }

    private void awaitSeen(String what) {
        await().atMost(SOON).until(() -> seen.contains(what));
    }

    private MqttClient witness(int port, String filter) {
        MqttClient witness = MqttClient.connect("mqtt://127.0.0.1:" + port);
        open.add(witness);
        witness.subscribe(filter, Qos.EXACTLY_ONCE, m -> seen.add("seen " + m.topic() + "=" + m.text()));
        return witness;
    }

    private static String id(String name) {
        return name + "-" + Long.toString(System.nanoTime() % 100_000_000L, 36);
    }

    @ParameterizedTest(name = "{0}, MQTT {1}")
    @MethodSource("transports")
    @DisplayName("P1 P2 P3 P6 P7 P12 P13 P14 P16: the example of the documentation")
    void example(String name, ProtocolVersion version) {
        Mqtt m = client(id("p16"), version);
        m.lwt("/lwt", "offline");
        String topic = "/topic/" + m.clientId();
        assertThat(m.connect(
                        "127.0.0.1",
                        port(name),
                        Secure.off(),
                        false,
                        client -> {
                            seen.add("connected");
                            assertThat(client).isSameAs(m);
                            assertThat(client.subscribe(topic, 0, c -> {
                                        seen.add("subscribe success");
                                        c.publish(topic, "hello", 0, false, d -> seen.add("sent"));
                                    }))
                                    .isTrue();
                        },
                        (client, reason) -> seen.add("failed reason: " + reason)))
                .isTrue();
        awaitSeen(topic + "=hello");
        awaitSeen("sent");
        assertThat(seen).startsWith("connected", "on connect", "subscribe success");
        assertThat(m.publish(topic, "", 0, false)).isTrue();
        awaitSeen(topic + "=nil");
    }

    @ParameterizedTest(name = "{0}, MQTT {1}")
    @MethodSource("transports")
    @DisplayName("P2: without clean session the broker keeps subscriptions and messages")
    void clean_session(String name, ProtocolVersion version) {
        Mqtt m = client(id("p2"), version, false, 60);
        String topic = "p2/" + m.clientId();
        connect(m, port(name), false);
        m.subscribe(topic, 1, c -> seen.add("subscribed"));
        awaitSeen("subscribed");
        assertThat(m.close()).isTrue();
        MqttClient other = MqttClient.connect("mqtt://127.0.0.1:" + port(name));
        open.add(other);
        await().atMost(SOON).until(() -> !m.isActive());
        other.publish(topic, "kept");
        connect(m, port(name), false);
        awaitSeen(topic + "=kept");
        assertThat(version == ProtocolVersion.V3_1 || m.sessionPresent()).isTrue();
    }

    @Test
    @DisplayName("P2: keepalive is 0 to 65535 seconds, 0 the device's default")
    void keepalive() {
        assertThatThrownBy(() -> Mqtt.client("x", -1)).hasMessage("invalid keepalive -1 s: must be 0 to 65535");
        assertThatThrownBy(() -> Mqtt.client("x", 65_536)).isInstanceOf(IllegalArgumentException.class);
        Mqtt m = client(id("ka"), ProtocolVersion.V3_1_1, true, 0);
        connect(m, broker.port(), false);
        assertThat(broker.connects()).anyMatch(c -> c.clientId().equals(m.clientId()) && c.keepAlive() == 120);
    }

    @ParameterizedTest(name = "{0}, MQTT {1}")
    @MethodSource("transports")
    @DisplayName("P8: autoreconnect after a cut, without a word, with the subscriptions of a kept session only")
    void autoreconnect(String name, ProtocolVersion version) throws Exception {
        for (boolean clean : new boolean[] {true, false}) {
            seen.clear();
            Mqtt m = client(id("p8"), version, clean, 60);
            String topic = "p8/" + m.clientId();
            connect(m, port(name), true);
            m.subscribe(topic, 1, c -> seen.add("subscribed"));
            awaitSeen("subscribed");
            m.transport().cut();
            await().atMost(SOON).until(() -> Collections.frequency(seen, "on connect") == 2);
            assertThat(seen).doesNotContain("offline").noneMatch(line -> line.startsWith("failed"));
            assertThat(Collections.frequency(seen, "connected")).isEqualTo(1);
            MqttClient other = MqttClient.connect("mqtt://127.0.0.1:" + port(name));
            open.add(other);
            other.publish(topic, "after");
            m.subscribe("end/" + topic, 0, c -> seen.add("end"));
            awaitSeen("end");
            if (clean) {
                assertThat(seen).doesNotContain(topic + "=after");
            } else {
                awaitSeen(topic + "=after");
            }
            m.close();
        }
    }

    @ParameterizedTest(name = "MQTT {0}")
    @MethodSource("versions")
    @DisplayName("P8: autoreconnect through a restart of mosquitto, retried for as long as it takes")
    void broker_restart(ProtocolVersion version, @TempDir Path folder) throws Exception {
        Assumptions.assumeTrue(Mosquitto.isInstalled(), "mosquitto is not installed");
        try (Mosquitto own = Mosquitto.start(folder)) {
            Mqtt m = client(id("p8r"), version);
            connect(m, own.port(), true);
            own.stop();
            await().atMost(SOON).until(() -> !m.isConnected());
            await().atMost(SOON).until(() -> m.lastFailure() != null);
            own.restart();
            await().atMost(SOON).until(() -> Collections.frequency(seen, "on connect") == 2);
            assertThat(seen).containsExactly("connected", "on connect", "on connect");
            assertThat(m.close()).isTrue();
        }
    }

    static Stream<ProtocolVersion> versions() {
        return Stream.of(ProtocolVersion.V3_1, ProtocolVersion.V3_1_1);
    }

    @Test
    @DisplayName("P8 d e: the very first connection is not tried again, and its failure is reported")
    void first_fails() {
        Mqtt m = client(id("p8d"), ProtocolVersion.V3_1_1);
        m.connect("127.0.0.1", 1, Secure.off(), true, null, (c, reason) -> seen.add("failed " + reason));
        awaitSeen("failed -5");
        await().during(Duration.ofMillis(500)).atMost(SOON).until(() -> seen.size() == 1 && !m.isActive());
    }

    @ParameterizedTest
    @EnumSource(
            value = Profile.class,
            names = {"ESP32", "ESP8266_3_0"})
    @DisplayName("P6: on(\"connfail\") gets the reason, at each failure, if connect was given no function for it")
    void connfail(Profile profile) {
        Mqtt m = client(
                new MqttParameters(id("p6"), 60, null, null, true, 0),
                settings(ProtocolVersion.V3_1_1).withProfile(profile));
        m.on("connfail", (c, reason) -> {
            assertThat(c).isSameAs(m);
            seen.add("connfail " + reason);
        });
        for (int i = 1; i <= 2; i++) {
            int times = i;
            m.connect("127.0.0.1", 1, Secure.off(), false, null, null);
            await().atMost(SOON).until(() -> Collections.frequency(seen, "connfail -5") == times);
        }
        m.connect("127.0.0.1", 1, Secure.off(), false, null, (c, reason) -> seen.add("failed " + reason));
        awaitSeen("failed -5");
        assertThat(seen).containsExactly("connfail -5", "connfail -5", "failed -5");
        assertThatThrownBy(() -> m.on("offline", (c, reason) -> {})).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @DisplayName("P8 a: without autoreconnect a break is reported as offline, once, and publish is false in it")
    void offline() {
        Mqtt m = client(id("off"), ProtocolVersion.V3_1_1);
        m.on("offline", c -> seen.add("offline " + c.publish("x", "y", 0, false)));
        connect(m, broker.port(), false);
        broker.dropConnection(m.clientId());
        awaitSeen("offline false");
        assertThat(seen).containsExactly("connected", "on connect", "offline false");
    }

    @ParameterizedTest(name = "{0}, MQTT {1}")
    @MethodSource("transports")
    @DisplayName("P10: close returns whether there was anything, fires nothing, and connect works again")
    void close(String name, ProtocolVersion version) throws Exception {
        Mqtt m = client(id("p10"), version);
        assertThat(m.close()).isFalse();
        for (int i = 0; i < 3; i++) {
            seen.clear();
            connect(m, port(name), false);
            assertThat(m.close()).isTrue();
            assertThat(m.close()).isFalse();
            assertThat(seen).containsExactly("connected", "on connect");
        }
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int unanswered = silent.getLocalPort();
            m.connect("127.0.0.1", unanswered, Secure.off(), false, c -> seen.add("late"), (c, r) -> seen.add("late"));
            assertThat(m.close()).isTrue();
        }
        connect(m, port(name), false);
        assertThat(seen).doesNotContain("late", "offline");
    }

    @ParameterizedTest(name = "{0}, MQTT {1}")
    @MethodSource("transports")
    @DisplayName("P11: the will is published after a power cut, a silent loss and a take-over, not after close")
    void will(String name, ProtocolVersion version) throws Exception {
        int port = port(name);
        witness(port, "will/#");
        // close: no will
        Mqtt closed = client(id("w1"), version);
        closed.lwt("will/closed", "x");
        connect(closed, port, false);
        closed.close();
        // power cut: at once
        Mqtt cut = client(id("w2"), version);
        cut.lwt("will/cut", "gone".getBytes(StandardCharsets.UTF_8), 1, false);
        connect(cut, port, false);
        cut.powerOff();
        awaitSeen("seen will/cut=gone");
        // taken over: at once, by the same id
        Mqtt first = client(id("w3"), version);
        first.lwt("will/taken", "over");
        connect(first, port, false);
        Mqtt second = client(first.clientId(), version);
        connect(second, port, false);
        awaitSeen("seen will/taken=over");
        // half-open: after one and a half keepalives
        Mqtt half = client(id("w4"), version, true, 1);
        half.lwt("will/half", "open");
        connect(half, port, false);
        half.unplugNetwork();
        long begin = System.nanoTime();
        awaitSeen("seen will/half=open");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(900));
        half.powerOff();
        assertThat(seen).doesNotContain("seen will/closed=x");
    }

    @ParameterizedTest(name = "{0}, MQTT {1}")
    @MethodSource("transports")
    @DisplayName("P13: publish(A, f1); publish(B, f2) calls f2 twice")
    void last_function_for_all(String name, ProtocolVersion version) {
        for (int qos = 0; qos <= 2; qos++) {
            seen.clear();
            Mqtt m = client(id("p13"), version);
            int level = qos;
            m.connect(
                    "127.0.0.1",
                    port(name),
                    Secure.off(),
                    false,
                    c -> {
                        assertThat(c.publish("a", "1", level, false, d -> seen.add("f1")))
                                .isTrue();
                        assertThat(c.publish("b", "2", level, false, d -> seen.add("f2")))
                                .isTrue();
                    },
                    null);
            await().atMost(SOON).until(() -> Collections.frequency(seen, "f2") == 2);
            assertThat(seen).doesNotContain("f1");
            assertThat(warnings).anyMatch(warning -> warning.contains("only the last function is called"));
            // A slot with nothing outstanding is forgotten: a later publish without a function fires no old one.
            m.publish("c", "3", qos, false, null);
            m.subscribe("end", 0, c -> seen.add("end"));
            awaitSeen("end");
            assertThat(Collections.frequency(seen, "f2")).isEqualTo(2);
            m.close();
        }
    }

    @Test
    @DisplayName("P13: publish is false when not connected, and for what MQTT cannot carry")
    void publish_refused() {
        Mqtt m = client(id("p13f"), ProtocolVersion.V3_1_1);
        assertThat(m.publish("x", "y", 0, false)).isFalse();
        connect(m, broker.port(), false);
        assertThat(m.publish("a/#", "y", 0, false)).isFalse();
        assertThat(m.publish("", "y", 0, false)).isFalse();
        assertThat(m.publish("a", "y", 3, false)).isFalse();
        byte[] all = new byte[5000];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        assertThat(m.publish("bytes", all, 1, true, c -> seen.add("puback"))).isTrue();
        awaitSeen("puback");
        Message retained = broker.retained("bytes");
        assertThat(retained).isNotNull();
        assertThat(Arrays.equals(retained.payload(), all)).isTrue();
    }

    @ParameterizedTest(name = "{0}, MQTT {1}")
    @MethodSource("transports")
    @DisplayName("P14 P15: chained subscriptions, the last function for all, and unsubscribe")
    void subscriptions(String name, ProtocolVersion version) {
        Mqtt m = client(id("p14"), version);
        assertThat(m.subscribe("x", 0)).isFalse();
        assertThat(m.unsubscribe("x", null)).isFalse();
        connect(m, port(name), false);
        String topic = "p14/" + m.clientId();
        m.subscribe(topic + "/1", 0, c -> c.subscribe(topic + "/2", 1, d -> seen.add("both")));
        awaitSeen("both");
        // From a callback, so that neither can complete before the other was called.
        m.subscribe(topic + "/0", 0, c -> {
            c.subscribe(topic + "/3", 0, d -> seen.add("s1"));
            c.subscribe(topic + "/4", 2, d -> seen.add("s2"));
        });
        await().atMost(SOON).until(() -> Collections.frequency(seen, "s2") == 2);
        assertThat(seen).doesNotContain("s1");
        assertThat(m.unsubscribe(topic + "/1", c -> seen.add("gone"))).isTrue();
        awaitSeen("gone");
        m.publish(topic + "/1", "no", 1, false);
        m.publish(topic + "/4", "yes", 2, false);
        awaitSeen(topic + "/4=yes");
        assertThat(seen).doesNotContain(topic + "/1=no");
    }

    @Test
    @DisplayName("P12: an unknown event is refused, and connect may be called from any callback")
    void events() {
        Mqtt m = client(id("p12"), ProtocolVersion.V3_1_1);
        assertThatThrownBy(() -> m.on("nothing", c -> {})).hasMessageStartingWith("invalid option 'nothing'");
        AtomicBoolean again = new AtomicBoolean();
        m.on("offline", c -> {
            seen.add("offline");
            if (again.compareAndSet(false, true)) {
                assertThat(c.connect("127.0.0.1", broker.port(), Secure.off(), false, d -> seen.add("again"), null))
                        .isTrue();
            }
        });
        connect(m, broker.port(), false);
        broker.dropConnection(m.clientId());
        awaitSeen("again");
        assertThat(m.isConnected()).isTrue();
    }

    @Test
    @DisplayName("profile esp8266: raises when not connected, offline after close, overflow above the limit")
    void esp8266() {
        Mqtt m = client(
                new MqttParameters(id("8266"), 0, "", null, true, 100),
                settings(ProtocolVersion.V3_1_1).withProfile(Profile.ESP8266));
        assertThatThrownBy(() -> m.publish("x", "y", 0, false)).hasMessage("not connected");
        m.on("overflow", (c, topic, data) -> seen.add("overflow " + topic + " " + data.length));
        m.connect("127.0.0.1", broker.port(), Secure.off(), false, c -> seen.add("connected"), null);
        awaitSeen("connected");
        assertThatThrownBy(() -> m.connect("127.0.0.1", null, null)).hasMessage("already connected");
        m.subscribe("big", 0, c -> c.publish("big", "x".repeat(500), 0, false));
        awaitSeen("overflow big 92");
        assertThat(m.close()).isTrue();
        awaitSeen("offline");
        assertThat(seen).doesNotContain("on connect");
    }

    @Test
    @DisplayName("profile esp32-strict: -6 and then offline, subscribe false, messages in pieces, a plain will")
    void strict() {
        MqttSettings strict = settings(ProtocolVersion.V3_1_1).withProfile(Profile.ESP32_STRICT);
        Mqtt failing = client(new MqttParameters(id("s1"), 60, null, null, true, 0), strict);
        failing.connect("127.0.0.1", 1, Secure.off(), false, null, (c, r) -> seen.add("failed " + r));
        awaitSeen("offline");
        assertThat(seen).containsExactly("failed -6", "offline");
        seen.clear();
        Mqtt m = client(new MqttParameters(id("s2"), 60, null, null, true, 0), strict);
        m.lwt("will/strict", "x".getBytes(StandardCharsets.UTF_8), 1, true);
        connect(m, broker.port(), false);
        assertThat(m.subscribe("strict", 0, c -> c.publish("strict", "y".repeat(2500), 1, false)))
                .isFalse();
        await().atMost(SOON)
                .until(() -> seen.stream().filter(line -> line.startsWith("=")).count() == 2);
        assertThat(broker.connects())
                .anyMatch(c -> c.will() != null
                        && c.will().topic().equals("will/strict")
                        && c.will().qos() == Qos.AT_MOST_ONCE
                        && !c.will().retain());
    }
}
