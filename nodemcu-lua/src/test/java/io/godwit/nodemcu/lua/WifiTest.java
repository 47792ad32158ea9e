package io.godwit.nodemcu.lua;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.nodemcu.MqttSettings;
import io.godwit.nodemcu.WarningType;
import io.godwit.nodemcu.lua.device.WifiSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The Wi-Fi station, and what needs its address. */
class WifiTest {

    @TempDir
    Path folder;

    private ScriptRun run(String script, int seconds, String... scenario) {
        return run(script, seconds, options -> options, scenario);
    }

    private ScriptRun run(String script, int seconds, UnaryOperator<HostOptions> change, String... scenario) {
        try {
            Path file = Files.writeString(folder.resolve("day.scenario"), String.join("\n", scenario));
            return ScriptRun.of(
                    folder, script, Duration.ofSeconds(seconds), options -> change.apply(options.scenario(file)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static HostOptions strict(HostOptions options) {
        return options.wifi(WifiSettings.DEFAULTS.withStart(WifiSettings.Start.STRICT));
    }

    private static HostOptions ready(HostOptions options) {
        return options.wifi(WifiSettings.DEFAULTS.withStart(WifiSettings.Start.READY));
    }

    @ParameterizedTest
    @EnumSource(
            value = ProtocolVersion.class,
            names = {"V3_1", "V3_1_1"})
    void leaving_the_access_point_cuts_mqtt(ProtocolVersion version) {
        String script = """
                m = mqtt.Client("case-08", 4)
                m:on("offline", function() print("offline") end)
                m:connect("b", 1883, 0, function(c)
                  print("connected", wifi.sta.getip())
                  tmr.create():alarm(5000, 0, function()
                    print(wifi.sta.getip(), wifi.sta.getrssi())
                    tmr.create():alarm(2000, 0, function()
                      wifi.sta.disconnect()
                      print("publish", c:publish("c8/x", "1", 1, 0, function() print("PUBACK") end))
                    end)
                  end)
                end)
                """;

        ScriptRun run =
                run(script, 60, options -> options.mqtt(MqttSettings.defaults().withVersion(version)));

        assertThat(run.printed.get(0)).startsWith("connected\t10.0.0.10");
        assertThat(run.printed.get(1)).isEqualTo("10.0.0.10\t-60");
        assertThat(run.printed).contains("offline").doesNotContain("PUBACK");
    }

    @Test
    void the_station_joins_without_a_call_of_the_script() {
        ScriptRun run = run("""
                tmr.create():alarm(3000, 0, function()
                  print(wifi.sta.status() == wifi.STA_GOTIP, wifi.sta.getip(), wifi.sta.getconfig().ssid)
                end)
                print(wifi.sta.getip())
                """, 5, "wifi ssid home", "wifi ip 192.168.1.20");

        assertThat(run.printed).containsExactly("nil", "true\t192.168.1.20\thome");
    }

    @Test
    void an_operation_before_the_address_waits_and_warns() {
        ScriptRun run = run("""
                mqtt.Client("x", 60):connect("b", 1883, 0, function() print("connected", (wifi.sta.getip())) end)
                """, 5);

        assertThat(run.printed).containsExactly("connected\t10.0.0.10");
        assertThat(run.warnings)
                .anyMatch(warning -> warning.type() == WarningType.NO_ADDRESS
                        && warning.text().startsWith("init.lua:1: connect() before the station has an address"));
    }

    @Test
    void a_strict_operation_before_the_address_fails() {
        ScriptRun run = run("""
                mqtt.Client("x", 60):connect("b", 1883, 0, nil, function(c, reason) print("failed", reason) end)
                http.get("http://h/", function(code) print("http", code) end)
                net.createConnection():connect(80, "h")
                sntp.sync("pool", function() print("synced") end, function(code) print("sntp", code) end)
                """, 2, WifiTest::strict);

        assertThat(run.printed).containsExactlyInAnyOrder("failed\t-5", "http\t-1", "sntp\t4");
    }

    @Test
    void a_ready_station_has_its_address_at_the_first_line() {
        ScriptRun run = run("print(wifi.sta.status(), wifi.sta.getip())", 1, WifiTest::ready);

        assertThat(run.printed).containsExactly("5\t10.0.0.10\t255.0.0.0\t10.0.0.1");
        assertThat(run.warnings).isEmpty();
    }

    @Test
    void a_lost_access_point_ends_sockets_with_the_reason_of_the_chip() {
        ScriptRun run = run("""
                wifi.eventmon.register(wifi.eventmon.STA_DISCONNECTED, function(t)
                  for name, number in pairs({ BEACON_TIMEOUT = 200, NO_AP_FOUND = 201 }) do
                    if number == t.reason then print(t.SSID, name) end
                  end
                end)
                wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function(t) print("ip", t.IP) end)
                m = mqtt.Client("x", 60)
                m:on("offline", function() print("offline") end)
                m:connect("b", 1883, 0, function() print("connected") end)
                """, 8, "at 3s wifi lost", "at 5s wifi back");

        assertThat(run.printed)
                .containsExactly(
                        "ip\t10.0.0.10",
                        "connected",
                        "godwit\tBEACON_TIMEOUT",
                        "offline",
                        "godwit\tNO_AP_FOUND",
                        "ip\t10.0.0.10");
    }

    @Test
    void autoreconnect_waits_for_the_access_point() {
        ScriptRun run = run("""
                m = mqtt.Client("x", 60)
                m:on("connect", function() print("connect") end)
                m:connect("b", 1883, 0, 1)
                """, 60, "at 3s wifi lost", "at 20s wifi back");

        assertThat(run.printed).containsExactly("connect", "connect");
    }

    @Test
    void a_wrong_password_and_an_unknown_name_are_refused() {
        ScriptRun run = run("""
                wifi.sta.on("disconnected", function(event, info) print(info.reason, wifi.sta.status()) end)
                wifi.sta.config({ ssid = "home", pwd = "wrong" })
                tmr.create():alarm(1000, 0, function() wifi.sta.config({ ssid = "other", pwd = "right" }) end)
                tmr.create():alarm(2000, 0, function() wifi.sta.config({ ssid = "home", pwd = "right" }) end)
                tmr.create():alarm(3500, 0, function() print(wifi.sta.getip()) end)
                """, 4, "wifi ssid home", "wifi password right");

        assertThat(run.printed).startsWith("202\t2", "201\t3").last().asString().startsWith("10.0.0.10");
    }

    @Test
    void a_scan_shows_the_access_point_in_reach() {
        ScriptRun run = run("""
                local function show(t) local n = 0 for k, v in pairs(t) do n = n + 1 print(k, v) end print(n) end
                tmr.create():alarm(1000, 0, function() wifi.sta.getap(show) end)
                tmr.create():alarm(4000, 0, function() wifi.sta.getap(1, show) end)
                tmr.create():alarm(8000, 0, function() wifi.sta.getap(show) end)
                """, 12, "wifi ssid home", "wifi.rssi = -71", "at 7s wifi lost");

        assertThat(run.printed)
                .containsExactly("home\t3,-71,02:67:6f:64:77:69,6", "1", "02:67:6f:64:77:69\thome,-71,3,6", "1", "0");
    }

    @Test
    void the_forms_of_the_esp8266_return_tables() {
        ScriptRun run = run("""
                wifi.ap.config({ ssid = "portal", pwd = "12345678" })
                print(type(wifi.ap.getconfig(true)), wifi.ap.getconfig(true).ssid)
                local info = wifi.sta.getapinfo()
                print(info.qty, info[1].ssid)
                """, 1);

        assertThat(run.printed).containsExactly("table\tportal", "1\tgodwit");
    }
}
