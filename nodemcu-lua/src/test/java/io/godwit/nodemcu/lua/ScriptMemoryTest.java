package io.godwit.nodemcu.lua;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.nodemcu.lua.device.OnError;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What scripts hold through objects of modules counts against the device's limit, and is given back. */
@Timeout(120)
class ScriptMemoryTest {

    @TempDir
    Path folder;

    private ScriptRun run(String script) {
        return ScriptRun.of(folder, script, Duration.ofSeconds(5), options -> options.onError(OnError.STOP));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "local d = sjson.decoder() d:write('[\"') while true do d:write(s) end",
                "for i = 1, 1e6 do t[i] = sjson.encoder({ s }) t[i]:read(1) end",
                "for i = 1, 1e6 do t[i] = net.createConnection(net.TCP) t[i]:connect(80, '10.0.0.1') end",
                "for i = 1, 1e6 do t[i] = net.createUDPSocket() t[i]:listen(0) end",
                "local u = net.createUDPSocket() for i = 1, 1e6 do u:send(9, '10.0.0.1', s:sub(1, 60000)) end",
                "for i = 1, 1e6 do net.dns.resolve('h' .. i, function() end) end",
                "for i = 1, 1e6 do http.post('http://h/', nil, s, function() end) end",
                "for i = 1, 1e6 do node.input(s) end",
                "for i = 1, 1e6 do tmr.create():alarm(1e6, 0, function() end) end",
                "for i = 1, 1e6 do t[i] = file.open('f' .. i, 'w') t[i]:write(s) end",
                "for i = 1, 1e6 do t[i] = gpio.pulse.build({ {}, {}, {}, {}, {}, {}, {}, {} }) end",
                "for i = 1, 1e6 do t[i] = mqtt.Client('c' .. i, 9) t[i]:lwt('w', s) end",
                "for i = 1, 1e6 do t[i] = mqtt.Client('c' .. i, 9) t[i]:connect('b') end",
                "for i = 1, 1e6 do t[i] = cron.schedule('* * * * *', function() end) end",
                "struct.pack(('c0'):rep(500), unpack((function() for i = 1, 500 do t[i] = s end return t end)()))"
            })
    void a_device_over_its_limit_is_stopped(String attack) {
        ScriptRun run = run("local s, t = ('x'):rep(200000), {}\n" + attack + "\nprint('not stopped')");

        assertThat(run.printed).isEmpty();
        assertThat(run.errors).hasSize(1);
        assertThat(run.errors.get(0)).containsAnyOf("not enough memory", "too many events");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "local d = sjson.decoder() d:write('[\"') d:write(s) d:write('\"]')",
                "local e = sjson.encoder({ s }) e:read(1)",
                "local c = net.createConnection(net.TCP) c:on('receive', function() end) c:connect(80, '10.0.0.1') c:close()",
                "local u = net.createUDPSocket() u:on('receive', function() end) u:listen(0) u:close()",
                "local h = crypto.new_hash('SHA256') h:update(s) h:finalize()",
                "local e = cron.schedule('* * * * *', function() end) e:unschedule()",
                "cron.schedule('* * * * *', function() end) cron.reset()",
                "local m = mqtt.Client('c', 9) m:on('message', function() return s end) m:on('connect', function() end)",
                "local h = http.createConnection('http://h/') h:on('complete', function() end)"
            })
    void what_a_script_drops_is_given_back(String use) {
        ScriptRun run = run("""
                local s, rounds = ("x"):rep(50000), 0
                tmr.create():alarm(1, tmr.ALARM_AUTO, function(timer)
                  for i = 1, 10 do
                    %s
                  end
                  rounds = rounds + 1
                  if rounds == 300 then timer:unregister() print("done") end
                end)
                """.formatted(use));

        assertThat(run.errors).isEmpty();
        assertThat(run.printed).contains("done");
    }

    @Test
    void a_digest_keeps_none_of_its_text() {
        ScriptRun run = run("""
                local h, s = crypto.new_hash("SHA1"), ("x"):rep(100000)
                for i = 1, 200 do h:update(s) end
                print(encoder.toHex(h:finalize()) == encoder.toHex(h:finalize()), #h:finalize())
                print(encoder.toHex(crypto.new_hmac("SHA1", "key"):finalize()) == encoder.toHex(crypto.hmac("SHA1", "", "key")))
                print(pcall(h.update, h, "more"))
                """);

        assertThat(run.printed).containsExactly("true\t20", "true", "false\tthe hash is finalized");
    }

    @Test
    void a_connection_takes_a_bounded_number_of_publishes() {
        ScriptRun run = run("""
                local m = mqtt.Client("flood", 60)
                m:connect("b", 1883, 0, function()
                  local s, accepted = ("x"):rep(100000), 0
                  for i = 1, 1000 do if m:publish("t", s, 1, 0) then accepted = accepted + 1 end end
                  print(accepted > 0 and accepted < 100)
                end)
                """);

        assertThat(run.errors).isEmpty();
        assertThat(run.printed).containsExactly("true");
    }

    @Test
    void a_pattern_is_bounded_for_all_files_together() {
        ScriptRun run = run("""
                for i = 1, 200 do file.putcontents(("a"):rep(25) .. i, "") end
                print(pcall(file.list, ("a*"):rep(5) .. "x"))
                """);

        assertThat(run.printed).containsExactly("false\twatchdog: the pattern took too long");
    }

    @Test
    void serout_is_bounded() {
        ScriptRun run = run("""
                print(pcall(gpio.serout, 1, 1, { 1, 1 }, 1e9))
                print(pcall(gpio.serout, 1, 1, { -5 }))
                """);

        assertThat(run.printed.get(0)).contains("1 to 100000 edges in all");
        assertThat(run.printed.get(1)).contains("delays must be between 0 and 64000000 us");
    }

    @Test
    void a_pattern_with_a_huge_set_is_stopped() {
        ScriptRun run = run("""
                local p = "[" .. ("b"):rep(100000) .. "]c"
                print(pcall(string.find, ("a"):rep(100000), p))
                """);

        assertThat(run.printed).containsExactly("false\twatchdog: the pattern took too long");
    }

    @Test
    void a_recorded_action_and_a_warning_are_short_however_long_the_script_made_them() throws Exception {
        ScriptRun run = new ScriptRun();
        java.nio.file.Files.writeString(folder.resolve("init.lua"), """
                uart.write(1, ("x"):rep(300000))
                http.get("http://h/" .. ("y"):rep(100000), nil, print)
                """);
        try (Host host = Host.start(HostOptions.of(folder).virtual(true), run)) {
            host.run(Duration.ofSeconds(2));

            assertThat(host.devices().get(0).hardware().record("uart.1")).allMatch(detail -> detail.length() < 20_000);
        }
        assertThat(run.warnings).isNotEmpty().allMatch(warning -> warning.text().length() < 600);
    }
}
