package io.godwit.nodemcu.lua;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.nodemcu.MqttSettings;
import io.godwit.nodemcu.Profile;
import io.godwit.nodemcu.WarningType;
import io.godwit.nodemcu.lua.device.FlashImage;
import io.godwit.nodemcu.lua.module.FirmwareModules;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What one firmware has and another lacks, and functions that only hardware could serve. */
class FirmwareTest {

    @TempDir
    Path folder;

    private ScriptRun run(Profile profile, String script) {
        return ScriptRun.of(
                folder,
                script,
                Duration.ofSeconds(20),
                options -> options.mqtt(MqttSettings.defaults().withProfile(profile)));
    }

    private List<String> check(Profile profile, String script) throws Exception {
        Files.writeString(folder.resolve("init.lua"), script);
        return ScriptCheck.check(FlashImage.read(folder), profile).stream()
                .map(ScriptCheck.Finding::toString)
                .toList();
    }

    // ---- profiles

    @Test
    void a_function_that_the_firmware_lacks_works_and_warns_once() {
        ScriptRun run = run(Profile.ESP8266_3_0, """
                tmr.alarm(0, 100, tmr.ALARM_SINGLE, function() print("fired") end)
                tmr.alarm(1, 100, tmr.ALARM_SINGLE, function() end)
                """);

        assertThat(run.printed).containsExactly("fired");
        assertThat(run.warnings)
                .filteredOn(warning -> warning.type() == WarningType.PROFILE)
                .extracting(warning -> warning.text())
                .containsExactly("init.lua:1: the firmware esp8266-3.0 has no 'tmr.alarm'; it works here");
    }

    @Test
    void the_lenient_esp32_does_not_warn() {
        ScriptRun run = run(Profile.ESP32, "tmr.alarm(0, 100, tmr.ALARM_SINGLE, function() end)");

        assertThat(run.warnings).isEmpty();
    }

    @Test
    void a_check_lists_what_a_release_lacks() throws Exception {
        String script = "tmr.alarm(0, 9, 0, f)\nsjson.encode({})\nprint(node.flashid(), wifi.sta.getip())\n";

        assertThat(check(Profile.ESP8266_3_0, script))
                .containsExactly("init.lua:1: the firmware esp8266-3.0 has no 'tmr.alarm'");
        assertThat(check(Profile.ESP8266_1_5, script))
                .containsExactly("init.lua:2: the firmware esp8266-1.5 has no 'sjson.encode'");
        assertThat(check(Profile.ESP8266_2_2, script)).isEmpty();
        assertThat(check(Profile.ESP32_STRICT, script)).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tmr.alarm(0, 9, 0, f) cjson.encode({}) print(node.key())  | esp8266-1.5",
                "tmr.alarm(0, 9, 0, f) sjson.encode({}) gpio.mode(1, 1)    | esp8266-2.2",
                "tmr.create() print(node.uptime(), wifi.sta.getip())       | esp8266-3.0",
                "tmr.create() wifi.start() dac.enable(1)                   | esp32"
            })
    void the_profile_is_guessed_from_what_the_scripts_use(String script, String expected) throws Exception {
        Files.writeString(folder.resolve("init.lua"), script);

        assertThat(ScriptCheck.guess(FlashImage.read(folder))).hasToString(expected);
    }

    /** Read in the function tables of the firmware's code and the documentation of each release. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // function              esp32   1.5    2.2    3.0
                "adc.force_init_mode   | false | true  | true  | true",
                "adc.read              | true  | true  | true  | true",
                "adc.readvdd33         | false | true  | true  | true",
                "adc.setwidth          | true  | false | false | false",
                "cjson.encode          | false | true  | false | false",
                "file.fscfg            | true  | true  | true  | true",
                "file.mkdir            | true  | false | false | false",
                "file.mount            | false | true  | true  | true",
                "file.stat             | true  | false | true  | true",
                "gpio.config           | true  | false | false | false",
                "gpio.mode             | false | true  | true  | true",
                "gpio.serout           | false | true  | true  | true",
                "http.delete           | false | true  | true  | true",
                "http.put              | true  | true  | true  | true",
                "http.createConnection | true  | false | false | false",
                "node.dsleepsetoption  | false | false | false | false",
                "node.info             | true  | true  | true  | true",
                "node.readrcr          | false | false | false | true",
                "node.readvdd33        | false | false | false | false",
                "node.setonerror       | true  | false | false | true",
                "node.startup          | false | false | false | true",
                "node.LFS.get          | true  | false | false | true",
                "pixbuf.newBuffer      | false | false | false | true",
                "sjson.encode          | true  | false | true  | true",
                "tmr.alarm             | false | true  | true  | false",
                "tmr.ccount            | false | false | false | true",
                "tmr.create            | true  | true  | true  | true",
                "tmr.suspend           | false | false | true  | false",
                "tmr.suspend_all       | false | false | true  | true",
                "uart.alt              | false | true  | true  | true",
                "uart.fifodepth        | false | false | false | true",
                "uart.start            | true  | false | false | false",
                "wifi.monitor          | false | false | true  | true",
                "wifi.nullmodesleep    | false | false | true  | true",
                "wifi.sta.eventMonReg  | false | true  | false | false",
                "wifi.sta.changeap     | false | true  | true  | true",
                "wifi.sta.getapinfo    | false | true  | true  | true",
                "wifi.sta.getip        | false | true  | true  | true",
                "wifi.sta.setaplimit   | false | true  | true  | true",
                "wifi.sta.settxpower   | true  | false | false | false",
                "wifi.sta.scan         | true  | false | false | false",
                "ws2812.init           | false | true  | true  | true",
                "ws2812.newBuffer      | true  | true  | true  | true"
            })
    void each_release_has_the_functions_of_its_documentation(
            String function, boolean esp32, boolean first, boolean second, boolean third) {
        assertThat(List.of(
                        FirmwareModules.hasFunction(Profile.ESP32, function),
                        FirmwareModules.hasFunction(Profile.ESP8266_1_5, function),
                        FirmwareModules.hasFunction(Profile.ESP8266_2_2, function),
                        FirmwareModules.hasFunction(Profile.ESP8266_3_0, function)))
                .containsExactly(esp32, first, second, third);
    }

    // ---- tmr

    @Test
    void any_negative_time_disables_the_soft_watchdog() {
        ScriptRun run = run(Profile.ESP32, """
                tmr.softwd(3)
                tmr.softwd(-22)
                tmr.create():alarm(10000, tmr.ALARM_SINGLE, function() print("still here") end)
                """);

        assertThat(run.printed).containsExactly("still here");
    }

    // ---- i2c

    private static final String CHIP = """
            local function ask(address, callback)
              i2c.start(i2c.HW0)
              print(i2c.address(i2c.HW0, address, i2c.TRANSMITTER), i2c.write(i2c.HW0, 0xD0, "ab", { 1, 2 }, false))
              i2c.start(i2c.HW0)
              i2c.address(i2c.HW0, address, i2c.RECEIVER)
              print(select("#", i2c.read(i2c.HW0, 2)))
              i2c.stop(i2c.HW0)
              return i2c.transfer(i2c.HW0, callback)
            end
            """;

    @Test
    void a_hardware_bus_collects_operations_until_transfer() throws Exception {
        Files.writeString(folder.resolve("init.lua"), CHIP + """
                tmr.create():alarm(1000, tmr.ALARM_SINGLE, function()
                  local data, ack = ask(0x76)
                  print(data:byte(1, 2), ack)
                  print(ask(0x10))
                  ask(0x76, function(answer, acknowledged) print("later", answer:byte(2), acknowledged) end)
                  print("asked")
                end)
                """);
        ScriptRun run = new ScriptRun();
        StringBuilder written = new StringBuilder();
        try (Host host = Host.start(HostOptions.of(folder).virtual(true), run)) {
            host.devices().get(0).hardware().i2c(0x76, new io.godwit.nodemcu.lua.device.VirtualHardware.I2cChip() {
                @Override
                public void written(byte[] bytes) {
                    written.append(bytes.length).append(' ');
                }

                @Override
                public byte[] read(int count) {
                    return new byte[] {0x55, 7};
                }
            });
            host.run(Duration.ofSeconds(3));
        }

        assertThat(run.errors).isEmpty();
        assertThat(run.printed)
                .containsExactly(
                        "true\t5",
                        "0",
                        "85\ttrue",
                        "true\t5",
                        "0",
                        "nil\tfalse",
                        "true\t5",
                        "0",
                        "asked",
                        "later\t7\ttrue");
        assertThat(written).hasToString("5 5 ");
    }

    @Test
    void what_nobody_could_answer_is_refused_with_an_explanation() {
        ScriptRun run = run(Profile.ESP32, """
                print(pcall(i2c.transfer, i2c.SW))
                print(pcall(function() i2c.read(i2c.HW1, 1) i2c.read(i2c.HW1, 1) end))
                print(pcall(i2c.slave.setup, i2c.HW0, {}))
                print(pcall(spi.slave))
                """);

        assertThat(run.printed).hasSize(4);
        assertThat(run.printed.get(0)).contains("invalid id: must be i2c.HW0 or i2c.HW1");
        assertThat(run.printed.get(1)).contains("only one read per transfer possible");
        assertThat(run.printed.get(2)).contains("no I2C master that would address it");
        assertThat(run.printed.get(3)).contains("no SPI master that would clock it");
    }

    // ---- net

    @Test
    void a_multicast_group_is_checked_and_warned_of() {
        ScriptRun run = run(Profile.ESP8266_3_0, """
                print(select("#", net.multicastJoin("", "224.0.0.251")), select("#", net.multicastLeave("any", "224.0.0.251")))
                print(pcall(net.multicastJoin, "here", "224.0.0.1"))
                print(pcall(net.multicastJoin, "", "10.0.0.1"))
                """);

        assertThat(run.printed.get(0)).isEqualTo("0\t0");
        assertThat(run.printed.get(1)).contains("invalid if ip");
        assertThat(run.printed.get(2)).contains("invalid multicast ip");
        assertThat(run.warnings).anyMatch(warning -> warning.text().contains("no datagram to the group 224.0.0.251"));
    }

    // ---- wifi

    @Test
    void a_suspended_station_has_no_address_until_it_resumes() {
        ScriptRun run = run(Profile.ESP8266_2_2, """
                local function address(what) print(what, wifi.sta.getip() ~= nil, wifi.suspend()) end
                tmr.create():alarm(2000, tmr.ALARM_SINGLE, function()
                  address("before")
                  wifi.suspend({ duration = 3000000,
                    suspend_cb = function() address("suspended") end,
                    resume_cb = function()
                      address("resumed")
                      tmr.create():alarm(2000, tmr.ALARM_SINGLE, function() address("joined") end)
                    end })
                end)
                print(pcall(wifi.suspend, { duration = 10 }))
                """);

        assertThat(run.printed.get(0)).contains("duration: 0 or 50000 to 268435454 us");
        assertThat(run.printed.subList(1, run.printed.size()))
                .containsExactly("before\ttrue\t0", "suspended\tfalse\t2", "resumed\tfalse\t0", "joined\ttrue\t0");
    }

    @Test
    void a_station_suspended_without_a_time_resumes_when_told() {
        ScriptRun run = run(Profile.ESP8266_2_2, """
                wifi.suspend({ resume_cb = function() print("replaced") end })
                tmr.create():alarm(5000, tmr.ALARM_SINGLE, function()
                  print(wifi.suspend())
                  wifi.resume(function() print("resumed", tmr.time()) end)
                end)
                """);

        assertThat(run.printed).containsExactly("2", "resumed\t5");
    }

    // ---- gpio.pulse

    @Test
    void a_pulse_train_loops_and_reports_its_end() {
        ScriptRun run = run(Profile.ESP8266_2_2, """
                gpio.mode(1, gpio.OUTPUT) gpio.mode(2, gpio.OUTPUT)
                local began = tmr.now()
                local pulser = gpio.pulse.build({
                  { [1] = gpio.HIGH, [2] = gpio.LOW, delay = 250000 },
                  { [1] = gpio.LOW, [2] = gpio.HIGH, delay = 250000, loop = 1, count = 4, min = 240000, max = 260000 },
                })
                pulser:start(function(position, steps, offset, now)
                  print(position, steps, math.floor((now - began) / 1000), gpio.read(1), gpio.read(2))
                  print(pulser:getstate())
                end)
                print(pcall(pulser.start, pulser, print))
                """);

        assertThat(run.printed.get(0)).contains("pulse operation already in progress");
        assertThat(run.printed.get(1)).isEqualTo("nil\t8\t2000\t0\t1");
        assertThat(run.printed.get(2)).startsWith("nil\t8\t");
    }

    @Test
    void a_pulse_train_stops_where_requested_and_can_be_cancelled() {
        ScriptRun run = run(Profile.ESP8266_2_2, """
                local pulser = gpio.pulse.build({
                  { [1] = 1, delay = 1000000 }, { [1] = 0, delay = 1000000 }, { [1] = 1, delay = 1000000, loop = 1, count = 9 },
                })
                pulser:start(function() print("complete") end)
                tmr.create():alarm(1500, tmr.ALARM_SINGLE, function()
                  print((pulser:getstate()))
                  print(pulser:stop(1, function(position, steps) print("stopped at", position, steps) end))
                end)
                tmr.create():alarm(6000, tmr.ALARM_SINGLE, function()
                  pulser:update(1, { delay = 64000000 })
                  pulser:start(500000, function() print("never") end)
                  print(pulser:cancel())
                  print(pulser:stop(print), pcall(gpio.pulse.build, {}))
                  print(pcall(gpio.pulse.build, { { delay = 1e9 } }))
                end)
                """);

        assertThat(run.printed.subList(0, 3)).containsExactly("2", "true", "stopped at\t1\t3");
        assertThat(run.printed.get(3)).startsWith("1\t1\t64000000\t");
        assertThat(run.printed.get(4)).startsWith("false\tfalse").contains("no steps");
        assertThat(run.printed.get(5)).contains("delay must be between 0 and 64000000");
    }
}
