package io.godwit.nodemcu.lua;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The modules that need no network, each as the firmware's documentation describes it. */
class ModulesTest {

    @TempDir
    Path folder;

    private ScriptRun run(String script, String... scenario) throws IOException {
        Path file = Files.writeString(folder.resolve("day.scenario"), String.join("\n", scenario));
        ScriptRun run = ScriptRun.of(folder, script, Duration.ofSeconds(5), options -> options.scenario(file));
        assertThat(run.errors).isEmpty();
        return run;
    }

    // ---- sensors

    @Test
    void dht_decimals_have_the_sign_of_the_value() throws Exception {
        ScriptRun run = run("print(dht.read(4))", "dht.4.temperature = -0.5", "dht.4.humidity = 45.2");

        assertThat(run.printed).containsExactly("0\t-0.5\t45.2\t-500\t200");
    }

    @Test
    void a_detached_sensor_does_not_answer() throws Exception {
        ScriptRun run = run("""
                print(dht.read(4) == dht.ERROR_TIMEOUT, bme280.setup(), bme280.read())
                print(pcall(si7021.setup))
                print(ow.search(5), adc.read(0))
                """, "sensors = none");

        assertThat(run.printed).containsExactly("true\tnil\tnil", "false\tno device found", "nil\t0");
    }

    @Test
    void a_protocol_that_the_script_times_itself_is_refused_with_an_explanation() throws Exception {
        ScriptRun run = run("""
                gpio.mode(4, gpio.INPUT)
                print(pcall(function() while gpio.read(4) == 1 do end end))
                """);

        assertThat(run.printed).hasSize(1);
        assertThat(run.printed.get(0))
                .startsWith("false\tinit.lua:2: pins were read 2000 times in one callback")
                .contains("use the modules dht and ow, or gpio.trig()");
    }

    // ---- tasks and the serial port

    @Test
    void tasks_run_by_priority_and_are_told_theirs() throws Exception {
        ScriptRun run = run("""
                for i = node.task.LOW_PRIORITY, node.task.HIGH_PRIORITY do
                  node.task.post(i, function(p) print("priority is " .. p) end)
                end
                node.task.post(function(p) print("usual priority is " .. p) end)
                print(pcall(node.task.post, 3, print))
                print(pcall(node.task.post, 0))
                """);

        assertThat(run.printed.get(0)).startsWith("false").contains("#1", "between 0 and 2");
        assertThat(run.printed.get(1)).startsWith("false").contains("#2", "function");
        assertThat(run.printed.subList(2, run.printed.size()))
                .containsExactly("priority is 2", "priority is 1", "usual priority is 1", "priority is 0");
    }

    @Test
    void a_serial_line_without_an_end_is_shown() throws Exception {
        ScriptRun run = run("""
                uart.write(0, "progress")
                tmr.create():alarm(1000, tmr.ALARM_SINGLE, function() uart.write(0, ".", 46, "\\n") end)
                """);

        assertThat(run.printed).containsExactly("progress", "..");
    }

    // ---- tables in ROM

    @Test
    void pairs_walks_modules_and_constant_tables() throws Exception {
        ScriptRun run = run("""
                local name
                for k, v in pairs(wifi.eventmon.reason) do if v == 200 then name = k end end
                local n, functions = 0, 0
                for _, v in pairs(string) do n = n + 1 end
                for _, v in pairs(tmr) do if type(v) == "function" then functions = functions + 1 end end
                print(name, n >= 14, functions > 5, next(gpio) ~= nil)
                """);

        assertThat(run.printed).containsExactly("BEACON_TIMEOUT\ttrue\ttrue\ttrue");
    }

    // ---- sjson

    @Test
    void sjson_encodes_functions_nulls_and_any_bytes() throws Exception {
        ScriptRun run = run("""
                print(sjson.encode({ f = function() return "x" end }), sjson.encode({ 1, nil, 3 }), sjson.encode({}))
                print(sjson.encode({ n = sjson.NULL }), sjson.encode({ n = "none" }, { null = "none" }))
                print(sjson.encode({ s = "a\\255\\0\\"" }):byte(6, -1))
                print(pcall(sjson.encode, { { { 1 } } }, { depth = 2 }))
                local ok, message = pcall(sjson.encode, { f = function() error("own") end })
                print(message)
                """);

        assertThat(run.printed)
                .containsExactly(
                        "{\"f\":\"x\"}\t[1,null,3]\t{}",
                        "{\"n\":null}\t{\"n\":null}",
                        "34\t97\t255\t92\t117\t48\t48\t48\t48\t92\t34\t34\t125",
                        "false\tnesting too deep",
                        "init.lua:5: own");
    }

    @Test
    void sjson_decodes_any_bytes_and_escapes() throws Exception {
        ScriptRun run = run("""
                local t = sjson.decode('{"s":"a\\255", "u":"\\\\u00e9\\\\ud83d\\\\ude00", "b":"\\\\\\\\u0041", "n":null}')
                print(t.s:byte(1, -1))
                print(t.u:byte(1, -1))
                print(t.b, t.n == sjson.NULL, sjson.decode('[null]', { null = "none" })[1])
                print(pcall(sjson.decode, '[[[1]]]', { depth = 1 }))
                """);

        assertThat(run.printed)
                .containsExactly(
                        "97\t255", "195\t169\t240\t159\t152\t128", "\\u0041\ttrue\tnone", "false\tnesting too deep");
    }

    @Test
    void sjson_passes_new_tables_and_values_to_the_metatable() throws Exception {
        ScriptRun run = run("""
                local paths, set = {}, {}
                local result = sjson.decode('{"foo":[1,2,[]],"bar":{"x":1},"n":3}', { metatable = {
                  checkpath = function(t, path)
                    local keys = {}
                    for i, k in ipairs(path) do keys[i] = tostring(k) end
                    paths[#paths + 1] = "/" .. table.concat(keys, "/")
                    return path[1] ~= "bar"
                  end,
                  __newindex = function(t, k, v) set[#set + 1] = tostring(k) rawset(t, k, v) end,
                }})
                print(table.concat(paths, " "))
                print(table.concat(set, " "))
                print(result.bar, result.foo[2], result.n)
                """);

        assertThat(run.printed).containsExactly("/ /foo /foo/3 /bar", "1 2 3 foo n", "nil\t2\t3");
    }

    @Test
    void sjson_streams_in_both_directions() throws Exception {
        ScriptRun run = run("""
                local d = sjson.decoder()
                print(d:write("[10, 1"), pcall(d.result, d))
                print(d:write("1, \\"foo\\"]")[2], d:result() == d:result())
                print(pcall(sjson.decoder().write, sjson.decoder(), "hello"))
                local calls = 0
                local e = sjson.encoder({ a = function() calls = calls + 1 return "xyz" end })
                print(calls, e:read(4), e:read(), e:read(), calls)
                """);

        assertThat(run.printed)
                .containsExactly(
                        "nil\tfalse\tdecode not complete",
                        "11\ttrue",
                        "false\tInvalid JSON: must begin with { or [",
                        "0\t{\"a\"\t:\"xyz\"}\tnil\t1");
    }

    // ---- the ESP32's own modules

    @Test
    void ws2812_writes_a_strip_in_every_form() throws Exception {
        ScriptRun run = run("""
                ws2812.write({ pin = 4, data = string.char(255, 0, 1) }, { pin = 5, data = pixbuf.newBuffer(1, 3) })
                ws2812.write("abc", nil)
                ws2812.write(nil, ws2812.newBuffer(1, 3):set(1, 1, 2, 3))
                print(pcall(ws2812.write, { pin = 99, data = "x" }))
                """);

        assertThat(run.printed).containsExactly("false\tbad argument #1 to 'write' (pin must be between 0 and 48)");
    }

    @Test
    void ledc_and_dac_check_their_ranges() throws Exception {
        ScriptRun run = run("""
                local c = ledc.newChannel({ gpio = 19, bits = ledc.TIMER_10_BIT, mode = ledc.HIGH_SPEED,
                  timer = ledc.TIMER_0, channel = ledc.CHANNEL_0, frequency = 1000, duty = 512 })
                c:setduty(100)
                c:fadewithtime(1000, 50, ledc.FADE_WAIT_DONE)
                print(c:getduty(), c:getfreq(), pcall(c.setduty, c, 5000))
                dac.enable(dac.CHANNEL_1) dac.write(dac.CHANNEL_1, 200)
                print(pcall(dac.write, dac.CHANNEL_1, 300))
                """);

        assertThat(run.printed)
                .containsExactly(
                        "1000\t1000\tfalse\tbad argument #1 to 'setduty' (duty must be between 0 and 1024)",
                        "false\tbad argument #2 to 'write' (must be between 0 and 255)");
    }

    @Test
    void local_time_says_that_there_is_no_daylight_saving() throws Exception {
        ScriptRun run = run("print(time.getlocal().dst, time.epoch2cal(0).dst, time.epoch2cal(86400).day)");

        assertThat(run.printed).containsExactly("0\t0\t2");
    }

    @Test
    void light_sleep_keeps_the_state_and_lets_time_pass() throws Exception {
        ScriptRun run = run("""
                local before = tmr.now()
                node.sleep({ secs = 1, us = 500000 })
                print(math.floor((tmr.now() - before) / 1000))
                """);

        assertThat(run.printed).containsExactly("1500");
    }

    @Test
    void a_pipe_hands_records_to_its_reader() throws Exception {
        ScriptRun run = run("""
                local p = pipe.create(function(p) print("task", p:read("\\n")) end)
                print(p:write("one\\ntwo\\nrest") == p)
                local q = pipe.create()
                q:write("abcdef") q:unread("x")
                print(q:nrec(), q:read(3), q:read("e"), q:read(9), q:read(1))
                q:write("1\\n2\\n")
                for record in q:reader("\\n+") do print(#record) end
                """);

        assertThat(run.printed)
                .containsExactly("true", "1\txab\tcd\tf\tnil", "2", "2", "task\tone", "task\ttwo", "task\trest");
    }

    @Test
    void spi_master_transfers_to_the_attached_chip() throws Exception {
        Files.writeString(folder.resolve("init.lua"), """
                local device = spi.master(spi.HSPI, { sclk = 1, mosi = 2, miso = 3 }):device({ cs = 4, mode = 0, freq = 1e6 })
                print(device:transfer("\\1\\2"):byte(1, -1))
                print(device:transfer({ txdata = "\\5", rxlen = 3 }):byte(1, -1))
                """);
        ScriptRun run = new ScriptRun();
        try (Host host = Host.start(HostOptions.of(folder).virtual(true), run)) {
            host.devices().get(0).hardware().spi(1, sent -> new byte[] {(byte) (sent[0] + 1), 9, 8});

            host.run(Duration.ofSeconds(1));

            assertThat(host.devices().get(0).hardware().record("spi.1")).containsExactly("0102", "05");
        }
        assertThat(run.printed).containsExactly("2\t9", "6\t9\t8");
    }
}
