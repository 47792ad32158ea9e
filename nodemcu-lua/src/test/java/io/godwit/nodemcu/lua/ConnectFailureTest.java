package io.godwit.nodemcu.lua;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.nodemcu.MqttSettings;
import io.godwit.nodemcu.Profile;
import io.godwit.nodemcu.WarningType;
import io.godwit.nodemcu.lua.device.WifiSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a script learns of a failed {@code connect}, and what is left of it. Without an address each fails with -5. */
class ConnectFailureTest {

    @TempDir
    Path folder;

    private ScriptRun run(Profile profile, WifiSettings.Start start, String script, String... scenario)
            throws IOException {
        Path file = Files.writeString(folder.resolve("day.scenario"), String.join("\n", scenario));
        ScriptRun run = ScriptRun.of(
                folder,
                script,
                Duration.ofSeconds(20),
                options -> options.scenario(file)
                        .wifi(WifiSettings.DEFAULTS.withStart(start))
                        .mqtt(MqttSettings.defaults().withProfile(profile)));
        assertThat(run.errors).isEmpty();
        return run;
    }

    @ParameterizedTest
    @EnumSource(
            value = Profile.class,
            names = {"ESP32", "ESP8266_3_0"})
    @DisplayName("P6: on(\"connfail\") gets the client and the reason, at each failure")
    void connfail_is_called_at_each_failure(Profile profile) throws Exception {
        ScriptRun run = run(profile, WifiSettings.Start.STRICT, """
                m = mqtt.Client("x", 60)
                m:on("connfail", function(c, reason) print(c == m, reason) end)
                m:connect("b", 1883)
                tmr.create():alarm(100, tmr.ALARM_SINGLE, function() m:connect("b", 1883) end)
                """);

        assertThat(run.printed).containsExactly("true\t-5", "true\t-5");
        assertThat(run.warnings).noneMatch(warning -> warning.type() == WarningType.CONNECT_FAILED);
    }

    @Test
    void an_esp8266_keeps_the_failure_function_of_an_earlier_connect() throws Exception {
        ScriptRun run = run(Profile.ESP8266, WifiSettings.Start.READY, """
                m = mqtt.Client("x", 60)
                m:on("offline", function() print("offline") m:connect("b", 1883) end)
                m:connect("b", 1883, 0, function() print("connected") end, function(c, reason) print("failed", reason) end)
                """, "at 3s wifi lost");

        assertThat(run.printed).containsExactly("connected", "offline", "failed\t-5");
    }

    @Test
    void a_failed_connect_leaves_no_memory_behind() throws Exception {
        ScriptRun run = run(Profile.ESP32, WifiSettings.Start.STRICT, """
                wifi.setmode(wifi.NULLMODE)
                local failed = 0
                local function try()
                  local m = mqtt.Client("x", 60)
                  m:connect("b", 1883)
                  m:on("connfail", function(c, reason)
                    failed = failed + 1
                    if failed < 50 then try() else print(failed, reason) end
                  end)
                end
                try()
                """);

        assertThat(run.printed).containsExactly("50\t-5");
    }

    @Test
    void a_failure_without_a_function_is_a_warning() throws Exception {
        ScriptRun run = run(Profile.ESP32, WifiSettings.Start.STRICT, "mqtt.Client('x', 60):connect('b', 1883)");

        assertThat(run.warnings)
                .filteredOn(warning -> warning.type() == WarningType.CONNECT_FAILED)
                .hasSize(1)
                .allMatch(warning -> warning.text().contains("connection failed with reason -5"));
    }

    @Test
    @DisplayName("profile esp32-strict: offline after the failure gets the client too")
    void the_strict_offline_gets_the_client() throws Exception {
        ScriptRun run = run(Profile.ESP32_STRICT, WifiSettings.Start.STRICT, """
                m = mqtt.Client("x", 60)
                m:on("offline", function(c) print("offline", c == m) end)
                m:connect("b", 1883, 0, function() end, function(c, reason) print("failed", c == m, reason) end)
                """);

        assertThat(run.printed).containsExactly("failed\ttrue\t-6", "offline\ttrue");
    }

    @Test
    void an_esp8266_that_closes_while_it_waits_to_reconnect_leaves_no_memory_behind() throws Exception {
        ScriptRun run = run(Profile.ESP8266, WifiSettings.Start.READY, """
                local clients, connected = {}, 0
                local function connect()
                  for i = 1, 20 do
                    clients[i] = mqtt.Client("x" .. i, 60)
                    clients[i]:connect("b", 1883, 0, 1, function() connected = connected + 1 end)
                  end
                end
                connect()
                tmr.create():alarm(5000, tmr.ALARM_SINGLE, function()
                  for i = 1, 20 do clients[i]:close() end
                end)
                tmr.create():alarm(10000, tmr.ALARM_SINGLE, connect)
                tmr.create():alarm(15000, tmr.ALARM_SINGLE, function() print(connected) end)
                """, "at 3s wifi lost", "at 7s wifi back");

        assertThat(run.printed).containsExactly("40");
    }
}
