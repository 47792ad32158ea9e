package io.godwit.nodemcu.lua;

import io.godwit.nodemcu.lua.device.Device;
import java.time.Duration;
import java.util.List;

/**
 * Looks for devices whose callback does not return, which no check inside Lua can end, and gives them up so that the others
 * go on. Runs on a thread of its own.
 */
final class StuckDevices implements AutoCloseable {

    private static final Duration PERIOD = Duration.ofSeconds(1);

    private final List<Device> devices;
    private final long limitNanos;
    private final Thread thread;

    StuckDevices(List<Device> devices, Duration limit) {
        this.devices = List.copyOf(devices);
        this.limitNanos = limit.toNanos();
        this.thread = new Thread(this::watch, "godwit-stuck-devices");
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(PERIOD.toMillis());
                for (Device device : devices) {
                    if (device.busyNanos() > limitNanos) {
                        device.giveUp();
                    }
                }
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
