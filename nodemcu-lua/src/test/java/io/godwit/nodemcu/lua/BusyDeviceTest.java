package io.godwit.nodemcu.lua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.nodemcu.lua.device.Device;
import io.godwit.testkit.BrokerJournal;
import io.godwit.testkit.SeenMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens to a device while its script is inside {@code node.sleep} or {@code tmr.delay}. */
@Timeout(60)
class BusyDeviceTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private final ScriptRun run = new ScriptRun();

    private HostOptions options(String script, String... scenario) throws Exception {
        Files.writeString(folder.resolve("init.lua"), script);
        Path file = Files.writeString(folder.resolve("day.scenario"), String.join("\n", scenario));
        return HostOptions.of(folder).scenario(file);
    }

    @ParameterizedTest
    @ValueSource(strings = {"power off", "reboot", "network unplug", "wifi lost"})
    void what_the_world_does_comes_at_its_time(String event) throws Exception {
        BrokerJournal journal = new BrokerJournal();
        HostOptions options = options("""
                local first = not file.exists("booted")
                file.putcontents("booted", "")
                m = mqtt.Client("busy", 10)
                m:lwt("will", "gone")
                if first then
                  m:connect("b", 1883, 0, function() node.sleep({ secs = 600 }) end)
                end
                """, "at 1m " + event);
        try (Host host = Host.start(options.virtual(true).brokerListener(journal), run)) {
            host.run(Duration.ofSeconds(59));
            assertThat(journal.messages()).isEmpty();

            host.run(Duration.ofSeconds(30));

            assertThat(journal.messages()).extracting(SeenMessage::topic).containsExactly("will");
        }
        assertThat(run.errors).isEmpty();
    }

    @Test
    void the_power_comes_back_at_its_time() throws Exception {
        HostOptions options = options(
                "print(node.bootreason()) node.sleep({ secs = 600 })",
                "at 1m power off",
                "at 2m power on",
                "at 3m reboot");
        try (Host host = Host.start(options.virtual(true), run)) {
            host.run(Duration.ofSeconds(119));
            assertThat(run.printed).hasSize(1);

            host.run(Duration.ofSeconds(2));
            assertThat(run.printed).hasSize(2);

            host.run(Duration.ofSeconds(60));
            assertThat(run.printed).hasSize(3);
        }
    }

    @Test
    void callbacks_wait_until_the_delay_is_over() throws Exception {
        HostOptions options = options("""
                wifi.eventmon.register(wifi.eventmon.STA_DISCONNECTED, function() print("lost") end)
                tmr.create():alarm(3000, tmr.ALARM_SINGLE, function() print("timer") end)
                tmr.create():alarm(2000, tmr.ALARM_SINGLE, function() print("busy") tmr.delay(60000000) end)
                """, "at 4s wifi lost", "at 5s network unplug", "at 6s network plug");
        try (Host host = Host.start(options.virtual(true), run)) {
            host.run(Duration.ofSeconds(61));
            assertThat(run.printed).containsExactly("busy");

            host.run(Duration.ofSeconds(2));
            assertThat(run.printed).startsWith("busy", "timer", "lost");
        }
    }

    @Test
    void a_restart_after_a_delay_waits_for_it() throws Exception {
        HostOptions options = options("print('boot') tmr.delay(60000000) node.restart()");
        try (Host host = Host.start(options.virtual(true), run)) {
            host.run(Duration.ofSeconds(59));
            assertThat(run.printed).hasSize(1);

            host.run(Duration.ofSeconds(2));
            assertThat(run.printed).hasSize(2);
        }
    }

    @Test
    void closing_does_not_wait_for_devices_that_sleep() throws Exception {
        HostOptions options = options("print('asleep') node.sleep({ secs = 600 })");
        Host host = Host.start(options.count(3), run);
        await().atMost(SOON).until(() -> run.printed.size() == 3);

        long began = System.nanoTime();
        host.close();

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(4));
    }

    @Test
    void closing_a_device_does_not_wait_for_events_that_its_delay_holds_up() throws Exception {
        HostOptions options = options("print('asleep') node.sleep({ secs = 600 })");
        try (Host host = Host.start(options, run)) {
            await().atMost(SOON).until(() -> run.printed.size() == 1);
            Device device = host.devices().get(0);
            device.post(() -> {});

            long began = System.nanoTime();
            device.close();

            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(4));
        }
    }
}
