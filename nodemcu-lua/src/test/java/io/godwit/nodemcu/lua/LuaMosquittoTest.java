package io.godwit.nodemcu.lua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.checks.Mosquitto;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.nodemcu.MqttSettings;
import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.DeviceListener;
import io.godwit.testkit.FaultProxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The numbered promises from Lua over real sockets and in real time, against Mosquitto, in 3.1 and 3.1.1. */
class LuaMosquittoTest {

    private static final Duration SOON = Duration.ofSeconds(15);

    @TempDir
    Path folder;

    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();

    @TempDir
    private Path brokerFolder;

    private Mosquitto mosquitto;

    @BeforeEach
    void startMosquitto() throws Exception {
        Assumptions.assumeTrue(Mosquitto.isInstalled(), "mosquitto is not installed");
        mosquitto = Mosquitto.start(brokerFolder);
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
        if (mosquitto != null) {
            mosquitto.close();
        }
    }

    static Stream<Arguments> versionsAndSessions() {
        return Stream.of(ProtocolVersion.V3_1, ProtocolVersion.V3_1_1)
                .flatMap(version -> Stream.of(0, 1).map(clean -> Arguments.of(version, clean)));
    }

    /** A script that names a broker of its own, led to Mosquitto. */
    private Host start(ProtocolVersion version, String script) throws Exception {
        return start(version, mosquitto.port(), script);
    }

    private Host start(ProtocolVersion version, int port, String script) throws Exception {
        Files.writeString(folder.resolve("init.lua"), script);
        DeviceListener listener = new DeviceListener() {
            @Override
            public void printed(Device device, byte[] line) {
                seen.add(new String(line, StandardCharsets.UTF_8));
            }
        };
        MqttSettings settings = MqttSettings.defaults()
                .withVersion(version)
                .withReconnectInterval(Duration.ofMillis(200))
                .withNetworkTimeout(Duration.ofSeconds(3));
        Host host =
                Host.start(HostOptions.of(folder).brokerAt("127.0.0.1", port).mqtt(settings), listener);
        open.add(0, host);
        return host;
    }

    private MqttClient other() {
        MqttClient other = MqttClient.connect("mqtt://127.0.0.1:" + mosquitto.port());
        open.add(other);
        return other;
    }

    private MqttClient witness(String filter) {
        MqttClient witness = other();
        witness.subscribe(filter, Qos.EXACTLY_ONCE, m -> seen.add("seen " + m.topic() + "=" + m.text()));
        return witness;
    }

    private void awaitSeen(String what) {
        await().atMost(SOON).untilAsserted(() -> assertThat(seen).contains(what));
    }

    private void awaitSeen(String what, int times) {
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(Collections.frequency(seen, what)).as(what).isEqualTo(times));
    }

    @ParameterizedTest(name = "MQTT {0}")
    @EnumSource(
            value = ProtocolVersion.class,
            names = {"V3_1", "V3_1_1"})
    @DisplayName("P1 P2 P5 P7 P12 P13 P14 P15 P16: connect, subscribe, publish every byte at each QoS, unsubscribe")
    void example(ProtocolVersion version) throws Exception {
        Host host = start(version, """
                m = mqtt.Client("lua-p16", 120, "user", "password")
                m:on("connect", function(c) print("on connect", c == m) end)
                local all = "" for i = 0, 255 do all = all .. string.char(i) end
                m:on("message", function(c, t, d) print("message", t, d == all, d == nil, c == m) end)
                print(m:publish("x", "y", 0, 0), m:subscribe("x", 0), m:unsubscribe("x"))
                print(m:connect("broker.example", 1883, 0, function(c)
                  print("ok", c == m)
                  c:subscribe({["t/0"] = 0, ["t/1"] = 1, ["t/2"] = 2}, function()
                    print("subscribed")
                    c:publish("t/0", all, 0, 0, function()
                      c:publish("t/1", all, 1, 0, function()
                        c:publish("t/2", all, 2, 0, function()
                          print("sent")
                          c:publish("t/0", "", 0, 0)
                        end)
                      end)
                    end)
                  end)
                end, function(c, reason) print("failed", reason) end))
                function gone()
                  m:unsubscribe("t/1", function()
                    print("unsubscribed")
                    m:publish("t/1", "unheard", 1, 0, function() m:publish("t/2", all, 2, 0) end)
                  end)
                end
                """);
        awaitSeen("message\tt/0\tfalse\ttrue\ttrue");
        awaitSeen("sent");
        assertThat(seen).startsWith("false\tfalse\tfalse", "true", "ok\ttrue", "on connect\ttrue", "subscribed");
        for (String topic : List.of("t/0", "t/1", "t/2")) {
            awaitSeen("message\t" + topic + "\ttrue\tfalse\ttrue", 1);
        }
        host.devices().get(0).evaluate("gone()", answer -> {});
        awaitSeen("unsubscribed");
        awaitSeen("message\tt/2\ttrue\tfalse\ttrue", 2);
        assertThat(seen).doesNotContain("message\tt/1\tfalse\tfalse\ttrue");
        assertThat(host.figures().errors()).isZero();
    }

    @ParameterizedTest(name = "MQTT {0}")
    @EnumSource(
            value = ProtocolVersion.class,
            names = {"V3_1", "V3_1_1"})
    @DisplayName("P13 P14 P15: publish(A, f1); publish(B, f2) calls f2 twice, and so subscribe and unsubscribe")
    void last_function_for_all(ProtocolVersion version) throws Exception {
        start(version, """
                m = mqtt.Client("lua-p13", 120)
                m:connect("broker.example", 1883, 0, function(c)
                  c:publish("a", "1", 1, 0, function() print("f1") end)
                  c:publish("b", "2", 1, 0, function() print("f2") end)
                  c:subscribe("a", 0, function() print("s1") end)
                  c:subscribe("b", 0, function() print("s2") end)
                  c:unsubscribe("a", function() print("u1") end)
                  c:unsubscribe("b", function() print("u2") end)
                end)
                """);
        awaitSeen("f2", 2);
        awaitSeen("s2", 2);
        awaitSeen("u2", 2);
        assertThat(seen).containsOnly("f2", "s2", "u2");
    }

    @ParameterizedTest(name = "MQTT {0}")
    @EnumSource(
            value = ProtocolVersion.class,
            names = {"V3_1", "V3_1_1"})
    @DisplayName("P11: the will after a power cut, a take-over and a silent loss, and none after close")
    void will(ProtocolVersion version) throws Exception {
        witness("will/#");
        Host host = start(version, """
                function device(id, keepalive)
                  local c = mqtt.Client(id, keepalive)
                  c:lwt("will/" .. id, "gone", 1, 0)
                  c:connect("broker.example", 1883, 0, function() print("ok " .. id) end)
                  return c
                end
                closed = device("closed", 60)
                first = device("taken", 60)
                half = device("half", 1)
                function close() print("closed", closed:close()) end
                function takeOver() second = device("taken", 60) end
                """);
        Device device = host.devices().get(0);
        for (String id : List.of("closed", "taken", "half")) {
            awaitSeen("ok " + id);
        }
        device.evaluate("close()", answer -> {});
        awaitSeen("closed\ttrue");
        device.evaluate("takeOver()", answer -> {});
        awaitSeen("seen will/taken=gone", 1);
        awaitSeen("ok taken", 2);
        assertThat(seen).doesNotContain("seen will/half=gone");
        device.unplugNetwork();
        awaitSeen("seen will/half=gone");
        assertThat(Collections.frequency(seen, "seen will/taken=gone")).isEqualTo(1);
        device.plugNetwork();
        device.powerOff();
        awaitSeen("seen will/taken=gone", 2);
        assertThat(seen).doesNotContain("seen will/closed=gone");
    }

    @ParameterizedTest(name = "MQTT {0}, clean session {1}")
    @MethodSource("versionsAndSessions")
    @DisplayName("P2 P8: autoreconnect through a cut, the subscriptions kept without clean session only")
    void cut(ProtocolVersion version, int clean) throws Exception {
        FaultProxy proxy = FaultProxy.to("127.0.0.1", mosquitto.port());
        open.add(proxy);
        Host host = start(version, proxy.port(), session(clean));
        awaitSeen("subscribed");
        proxy.reset();
        awaitSeen("on connect", 2);
        other().publish("kept", "after");
        host.devices().get(0).evaluate("mark()", answer -> {});
        awaitSeen("marked");
        if (clean == 0) {
            awaitSeen("message\tkept\tafter");
        }
        assertThat(seen.contains("message\tkept\tafter")).isEqualTo(clean == 0);
        assertThat(Collections.frequency(seen, "ok")).isEqualTo(1);
        assertThat(seen).doesNotContain("offline").noneMatch(line -> line.startsWith("failed"));
    }

    @ParameterizedTest(name = "MQTT {0}, clean session {1}")
    @MethodSource("versionsAndSessions")
    @DisplayName("P8: autoreconnect through a restart of the broker that lasts several attempts")
    void broker_restart(ProtocolVersion version, int clean) throws Exception {
        Host host = start(version, session(clean));
        awaitSeen("subscribed");
        mosquitto.stop();
        await().atMost(SOON).until(() -> {
            host.devices().get(0).evaluate("print(m:publish('x', 'y', 0, 0))", answer -> {});
            return seen.contains("false");
        });
        mosquitto.restart();
        awaitSeen("on connect", 2);
        host.devices().get(0).evaluate("mark()", answer -> {});
        awaitSeen("marked");
        assertThat(Collections.frequency(seen, "ok")).isEqualTo(1);
        assertThat(seen).doesNotContain("offline").noneMatch(line -> line.startsWith("failed"));
    }

    private static String session(int clean) {
        return """
                m = mqtt.Client("lua-p8", 60, "", "", CLEAN)
                m:on("connect", function() print("on connect") end)
                m:on("offline", function() print("offline") end)
                m:on("message", function(c, t, d) print("message", t, d) end)
                m:connect("broker.example", 1883, 0, 1, function(c)
                  print("ok")
                  c:subscribe("kept", 1, function() print("subscribed") end)
                end, function(c, reason) print("failed", reason) end)
                function mark() m:subscribe("mark", 0, function() print("marked") end) end
                """.replace("CLEAN", Integer.toString(clean));
    }

    @ParameterizedTest(name = "MQTT {0}")
    @EnumSource(
            value = ProtocolVersion.class,
            names = {"V3_1", "V3_1_1"})
    @DisplayName("P8 a P10: offline once when the broker goes, and close and connect again")
    void close_and_connect(ProtocolVersion version) throws Exception {
        Host host = start(version, """
                m = mqtt.Client("lua-p10", 60)
                m:on("offline", function() print("offline", m:publish("x", "y", 0, 0)) end)
                local times = 0
                function again()
                  m:connect("broker.example", 1883, 0, function(c)
                    times = times + 1
                    print("ok " .. times)
                    if times < 3 then
                      print(c:close(), c:close())
                      again()
                    end
                  end, function(c, reason) print("failed", reason) end)
                end
                print(m:close())
                again()
                """);
        awaitSeen("ok 3");
        assertThat(seen).containsExactly("false", "ok 1", "true\tfalse", "ok 2", "true\tfalse", "ok 3");
        mosquitto.stop();
        awaitSeen("offline\tfalse", 1);
        mosquitto.restart();
        host.devices().get(0).evaluate("again()", answer -> {});
        awaitSeen("ok 4");
        assertThat(seen).noneMatch(line -> line.startsWith("failed"));
        assertThat(host.figures().errors()).isZero();
    }
}
