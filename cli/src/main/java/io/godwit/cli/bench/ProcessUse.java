package io.godwit.cli.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process takes of the machine: processors and memory. */
final class ProcessUse {
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    // Set by start and stop.
    private long cpuFrom;
    private long from;
    private double cpuSeconds;
    private double seconds;

    /** Processor time of this process since it began. */
    long cpuNanos() {
        return SYSTEM.getProcessCpuTime();
    }

    /** How busy the machine was since the last question, 0 to 1. One caller only. */
    double machineLoad() {
        return Math.max(0, SYSTEM.getCpuLoad());
    }

    /** Begins to count. */
    void start() {
        cpuFrom = cpuNanos();
        from = System.nanoTime();
    }

    /** Ends to count. */
    void stop() {
        cpuSeconds = (cpuNanos() - cpuFrom) / 1e9;
        seconds = (System.nanoTime() - from) / 1e9;
    }

    /**
     * What was counted, and the memory of this moment.
     *
     * @param machineLoad of all processes meanwhile, 0 to 1
     */
    BenchResult.Client result(double machineLoad) {
        return new BenchResult.Client(
                cpuSeconds,
                seconds,
                Runtime.getRuntime().availableProcessors(),
                machineLoad,
                heapPeak(),
                residentPeak());
    }

    private static long heapPeak() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getPeakUsage)
                .mapToLong(usage -> usage == null ? 0 : usage.getUsed())
                .sum();
    }

    /** The most memory that the process ever had, 0 where the system does not tell. */
    private static long residentPeak() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("VmHWM:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
                }
            }
        } catch (IOException e) {
            // no Linux
        }
        return 0;
    }
}
