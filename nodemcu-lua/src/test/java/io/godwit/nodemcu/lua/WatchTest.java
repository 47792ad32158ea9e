package io.godwit.nodemcu.lua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code --watch}: a file that somebody else changes restarts the device. */
@Timeout(120)
class WatchTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    @Test
    void what_the_device_itself_writes_does_not_restart_it() throws Exception {
        String script = """
                local boots = tonumber(file.getcontents("boots") or "0") + 1
                file.putcontents("boots", tostring(boots))
                print("boot " .. boots)
                """;
        Files.writeString(folder.resolve("init.lua"), script);
        ScriptRun run = new ScriptRun();
        try (Host host = Host.start(HostOptions.of(folder).watch(true).writeBack(true), run)) {
            await().atMost(SOON).until(() -> Files.exists(folder.resolve("boots")));
            await().during(Duration.ofSeconds(1)).atMost(SOON).until(() -> run.printed.size() == 1);

            Files.writeString(folder.resolve("init.lua"), script + "print('edited')");

            await().atMost(SOON).until(() -> run.printed.contains("edited"));
            assertThat(run.printed).containsExactly("boot 1", "boot 2", "edited");
            assertThat(host.figures().errors()).isZero();
        }
    }
}
