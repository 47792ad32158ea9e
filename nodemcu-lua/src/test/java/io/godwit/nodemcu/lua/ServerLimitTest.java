package io.godwit.nodemcu.lua;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device cannot take the file handles of its neighbours. */
class ServerLimitTest {

    @TempDir
    Path folder;

    @Test
    void a_device_cannot_listen_on_ports_without_end() {
        ScriptRun run = ScriptRun.of(folder, """
                local servers = {}
                tmr.create():alarm(1, tmr.ALARM_AUTO, function()
                  local server = net.createServer(net.TCP)
                  server:listen(0, function() end)
                  servers[#servers + 1] = server
                  print(#servers)
                end)
                """, Duration.ofSeconds(3), options -> options.virtual(false));

        assertThat(run.errors).hasSize(1).allMatch(error -> error.contains("not enough memory"));
        assertThat(run.printed).hasSizeLessThan(40);
    }
}
