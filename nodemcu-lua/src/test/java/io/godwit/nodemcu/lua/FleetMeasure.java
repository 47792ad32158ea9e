package io.godwit.nodemcu.lua;

import io.godwit.nodemcu.lua.device.DeviceListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * Measures a fleet and prints its figures: {@code java -cp <test class path> io.godwit.nodemcu.lua.FleetMeasure SCRIPT
 * DEVICES SECONDS [offline]}. With {@code offline} the script has no broker, so that the memory is the devices' alone.
 */
final class FleetMeasure {

    private FleetMeasure() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        int devices = Integer.parseInt(arguments[1]);
        Duration time = Duration.ofSeconds(Long.parseLong(arguments[2]));
        boolean offline = arguments.length > 3;
        long before = memoryKilobytes();
        HostOptions options = HostOptions.of(Path.of(arguments[0]))
                .count(devices)
                .stagger(Duration.ofSeconds(offline ? 1 : 10))
                .ownBroker(!offline);
        try (Host host = Host.start(options, new DeviceListener() {})) {
            host.run(Duration.ofSeconds(offline ? 5 : 20));
            System.gc();
            host.run(Duration.ofSeconds(2));
            long memory = memoryKilobytes() - before;
            FleetFigures.Snapshot start = host.figures();
            long processor = processorNanos();
            host.run(time);
            FleetFigures.Snapshot end = host.figures();
            double seconds = time.toMillis() / 1000.0;
            System.out.printf(
                    Locale.ROOT,
                    "%,d devices: %.1f KB of memory each, %,d connected, %,.0f callbacks/s of %.0f µs, "
                            + "%,.0f published/s, %.0f %% of one processor, %d errors, %d threads, "
                            + "slowest callback %.1f ms%n",
                    devices,
                    memory / (double) devices,
                    end.connected(),
                    (end.callbacks() - start.callbacks()) / seconds,
                    (end.callbackNanos() - start.callbackNanos())
                            / 1e3
                            / Math.max(1, end.callbacks() - start.callbacks()),
                    (end.published() - start.published()) / seconds,
                    (processorNanos() - processor) / seconds / 1e7,
                    end.errors(),
                    Thread.activeCount(),
                    end.slowestNanos() / 1e6);
        }
    }

    private static long processorNanos() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(Duration::toNanos)
                .orElse(0L);
    }

    /** The resident memory of the process, which includes what Lua holds outside the Java heap. */
    private static long memoryKilobytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return 0;
    }
}
