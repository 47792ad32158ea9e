package io.godwit.nodemcu.lua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.DeviceListener;
import io.godwit.nodemcu.lua.vm.LuaError;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device whose callback does not return does not stop its neighbours. */
class StuckDeviceTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    @Test
    void neighbours_of_a_stuck_device_go_on_and_it_restarts_when_it_returns() throws Exception {
        Files.writeString(
                folder.resolve("init.lua"),
                "tmr.create():alarm(100, tmr.ALARM_AUTO, function() print('tick ' .. node.chipid()) end)");
        List<String> ticks = new CopyOnWriteArrayList<>();
        List<LuaError> errors = new CopyOnWriteArrayList<>();
        DeviceListener listener = new DeviceListener() {
            @Override
            public void printed(Device device, byte[] line) {
                ticks.add(device.name());
            }

            @Override
            public void failed(Device device, LuaError error) {
                errors.add(error);
            }
        };
        HostOptions options = HostOptions.of(folder).count(2).threads(1).stuckAfter(Duration.ofMillis(500));
        CountDownLatch release = new CountDownLatch(1);
        try (Host host = Host.start(options, listener)) {
            await().atMost(SOON).until(() -> ticks.contains("device-1") && ticks.contains("device-2"));

            host.devices().get(0).post(() -> awaitQuietly(release));

            Device stuck = host.devices().get(0);
            await().atMost(SOON).until(() -> stuck.busyNanos() > 500_000_000L);
            ticks.clear();
            await().atMost(SOON).until(() -> ticks.size() > 3);
            assertThat(ticks).containsOnly("device-2");

            release.countDown();
            await().atMost(SOON).until(() -> ticks.contains("device-1"));
            assertThat(errors)
                    .extracting(LuaError::getMessage)
                    .contains("watchdog: the callback held its thread too long");
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void a_hostile_device_does_not_stop_a_fleet() throws Exception {
        Files.write(
                folder.resolve("init.lua"),
                List.of(
                        "local first = node.chipid() == 0x5C001A",
                        "local function attack() while true do string.rep('', 2147483647) end end",
                        "if first then tmr.create():alarm(10, tmr.ALARM_SINGLE, attack) end",
                        "tmr.create():alarm(100, tmr.ALARM_AUTO, function() print('tick') end)"),
                StandardCharsets.UTF_8);
        List<String> ticks = new CopyOnWriteArrayList<>();
        List<String> failed = new CopyOnWriteArrayList<>();
        DeviceListener listener = new DeviceListener() {
            @Override
            public void printed(Device device, byte[] line) {
                ticks.add(device.name());
            }

            @Override
            public void failed(Device device, LuaError error) {
                failed.add(device.name() + " " + error.getMessage());
            }
        };
        try (Host host = Host.start(HostOptions.of(folder).count(3).threads(1), listener)) {
            await().atMost(SOON).until(() -> !failed.isEmpty());
            ticks.clear();
            await().atMost(SOON).until(() -> ticks.contains("device-2") && ticks.contains("device-3"));
            assertThat(failed).allMatch(line -> line.startsWith("device-1 ") && line.contains("watchdog"));
        }
    }
}
