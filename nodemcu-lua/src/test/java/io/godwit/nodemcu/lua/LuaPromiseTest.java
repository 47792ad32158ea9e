package io.godwit.nodemcu.lua;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.broker.LocalBroker;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.nodemcu.MqttSettings;
import io.godwit.nodemcu.Warning;
import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.DeviceListener;
import io.godwit.testkit.BrokerJournal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The numbered promises of the module as a script sees them, in 3.1 and 3.1.1; P6 and P9 are in ReasonTest. */
class LuaPromiseTest {

    @TempDir
    Path folder;

    private final BrokerJournal journal = new BrokerJournal();
    private final List<String> seen = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    @FunctionalInterface
    private interface Act {
        void on(Host host, Device device, LocalBroker broker) throws Exception;
    }

    private void run(ProtocolVersion version, String script, Act act) throws Exception {
        Files.writeString(folder.resolve("init.lua"), script);
        DeviceListener listener = new DeviceListener() {
            @Override
            public void printed(Device device, byte[] line) {
                seen.add(new String(line, StandardCharsets.UTF_8));
            }

            @Override
            public void warned(Device device, Warning warning) {
                warnings.add(warning.text());
            }
        };
        HostOptions options = HostOptions.of(folder)
                .virtual(true)
                .brokerListener(journal)
                .mqtt(MqttSettings.defaults().withVersion(version));
        try (Host host = Host.start(options, listener)) {
            host.run(Duration.ofSeconds(5));
            act.on(host, host.devices().get(0), Objects.requireNonNull(host.localBroker()));
        }
    }

    @ParameterizedTest(name = "MQTT {0}")
    @EnumSource(
            value = ProtocolVersion.class,
            names = {"V3_1", "V3_1_1"})
    @DisplayName("P1 P2 P3 P5 P7 P12 P16: connect in all the shapes of real scripts")
    void connect_shapes(ProtocolVersion version) throws Exception {
        String script = """
                local function try(name, ...)
                  local c = mqtt.Client(name, 60, "", "", 0)
                  local args, n = {...}, select("#", ...)
                  c:on("connect", function(x) print(name, "on", x == c) end)
                  assert(c:connect("any.host", unpack(args, 1, n)) == true)
                end
                local ok = function(c) print("ok") end
                local bad = function(c, r) print("bad") end
                try("a", ok, bad) try("b", 1883, ok, bad) try("c", 1883, 0, ok, bad) try("d", "1883", 0, 0, ok, bad)
                try("e", 1883, false, ok) try("f", nil, nil, ok) try("g", 1883, 0, nil, bad) try("h") try("i", 1883, 0, 1, ok)
                """;
        run(version, script, (host, device, broker) -> {
            assertThat(seen.stream().filter("ok"::equals)).hasSize(6);
            assertThat(seen.stream().filter(line -> line.endsWith("on\ttrue"))).hasSize(9);
            assertThat(seen).doesNotContain("bad");
            assertThat(warnings)
                    .anyMatch(warning -> warning.matches("init.lua:5: on an ESP32 this connect\\(\\) would lose.*"));
        });
    }

    @ParameterizedTest(name = "MQTT {0}")
    @EnumSource(
            value = ProtocolVersion.class,
            names = {"V3_1", "V3_1_1"})
    @DisplayName("P4: secure as a table needs certificate and key together")
    void secure(ProtocolVersion version) throws Exception {
        run(
                version,
                "print(pcall(function() mqtt.Client('x', 60):connect('h', 1883, {client_cert = '-----BEGIN X'}) end))",
                (h, d, b) -> assertThat(seen.get(0)).contains("needs both client_cert and client_key"));
    }

    @ParameterizedTest(name = "MQTT {0}")
    @EnumSource(
            value = ProtocolVersion.class,
            names = {"V3_1", "V3_1_1"})
    @DisplayName("P8 P10 P11: a restart of the broker, the will, and close")
    void autoreconnect(ProtocolVersion version) throws Exception {
        String script = """
                m = mqtt.Client("p8", 60)
                m:lwt("will", "gone")
                m:on("connect", function(c) print("on") end)
                m:on("offline", function(c) print("offline") end)
                print(m:close())
                m:connect("any", 1883, 0, 1, function(c) print("ok") end, function(c, r) print("bad", r) end)
                tmr.create():alarm(60000, 0, function() print(m:close(), m:close(), m:publish("x", "y", 0, 0)) end)
                """;
        run(version, script, (host, device, broker) -> {
            broker.restart(true);
            host.run(Duration.ofSeconds(15));
            assertThat(seen).containsExactly("false", "ok", "on", "on");
            long wills = journal.messages().stream()
                    .filter(m -> m.topic().equals("will"))
                    .count();
            host.run(Duration.ofSeconds(60));
            assertThat(seen).last().isEqualTo("true\tfalse\tfalse");
            assertThat(journal.messages().stream().filter(m -> m.topic().equals("will")))
                    .hasSize((int) wills);
        });
    }

    @ParameterizedTest(name = "MQTT {0}")
    @EnumSource(
            value = ProtocolVersion.class,
            names = {"V3_1", "V3_1_1"})
    @DisplayName("P11: the will after a power cut at once, after a silent loss at one and a half keepalives")
    void will(ProtocolVersion version) throws Exception {
        String script = "m = mqtt.Client('w', 20) m:lwt('will', 'gone', 1, 1) m:connect('any', 1883, 0, 0)";
        run(version, script, (host, device, broker) -> {
            device.unplugNetwork();
            host.run(Duration.ofSeconds(15));
            assertThat(journal.messages()).isEmpty();
            host.run(Duration.ofSeconds(20));
            assertThat(journal.messages()).hasSize(1);
            device.plugNetwork();
            device.reboot();
            host.run(Duration.ofSeconds(5));
            device.powerOff();
            host.run(Duration.ofSeconds(1));
            assertThat(journal.messages()).hasSize(2).allMatch(m -> m.message().retain());
        });
    }

    @ParameterizedTest(name = "MQTT {0}")
    @EnumSource(
            value = ProtocolVersion.class,
            names = {"V3_1", "V3_1_1"})
    @DisplayName("P12 P13 P14 P15: bytes, empty payloads, arguments that the device refuses, the last function for all")
    void calls(ProtocolVersion version) throws Exception {
        String script = """
                m = mqtt.Client("p13", 60)
                local all = "" for i = 0, 255 do all = all .. string.char(i) end
                m:on("message", function(c, t, d) print(t, d == all, d == nil) end)
                print(m:publish("x"), m:subscribe("x", 0), m:unsubscribe("x"))
                m:connect("any", 1883, 0, 0, function(c)
                  print(pcall(c.publish, c, "x", "y", 0))
                  print(pcall(c.publish, c, "x", nil, 0, 0))
                  print(pcall(c.publish, "x", "y", 0, 0))
                  print(c:publish("bad/#", "y", 0, 0))
                  c:subscribe("t", 2, function()
                    c:publish("t", all, 2, 0, function() print("f1") end)
                    c:publish("t", "", 0, 0, function() print("f2") end)
                    c:unsubscribe("u", function() print("unsubscribed") end)
                  end)
                end)
                """;
        run(
                version,
                script,
                (host, device, broker) -> assertThat(seen)
                        .contains(
                                "false\tfalse\tfalse",
                                "false\tbad argument #3 to 'publish' (number expected, got no value)"
                                        .replace("#3", "#4"),
                                "false",
                                "t\ttrue\tfalse",
                                "t\tfalse\ttrue",
                                "f2",
                                "unsubscribed")
                        .doesNotContain("f1"));
    }
}
