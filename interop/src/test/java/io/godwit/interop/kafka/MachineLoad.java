package io.godwit.interop.kafka;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** What processes and the machine use, from {@code /proc} of Linux. */
final class MachineLoad {
    /** Ticks of {@code /proc/stat} are hundredths of a second. */
    private static final long MILLIS_OF_A_TICK = 10;

    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+)");

    private MachineLoad() {}

    /** The CPU time of these processes, in milliseconds. */
    static long cpuMillis(List<Long> pids) {
        return pids.stream()
                .mapToLong(pid -> ProcessHandle.of(pid)
                        .flatMap(process -> process.info().totalCpuDuration())
                        .orElseThrow()
                        .toMillis())
                .sum();
    }

    /** The CPU time of all processes since the machine started, in milliseconds. */
    static long busyMillis() throws IOException {
        String[] ticks = Files.readAllLines(Path.of("/proc/stat")).get(0).split("\\s+");
        long busy = 0;
        // cpu user nice system idle iowait irq softirq
        for (int field : new int[] {1, 2, 3, 6, 7}) {
            busy += Long.parseLong(ticks[field]);
        }
        return busy * MILLIS_OF_A_TICK;
    }

    static long residentMegabytes(List<Long> pids) throws IOException {
        long kilobytes = 0;
        for (long pid : pids) {
            kilobytes += RESIDENT.matcher(Files.readString(Path.of("/proc/" + pid + "/status")))
                    .results()
                    .mapToLong(match -> Long.parseLong(match.group(1)))
                    .sum();
        }
        return kilobytes / 1024;
    }
}
