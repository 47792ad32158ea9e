package io.godwit.simulation.soak;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What this process holds at one moment, after a collection.
 *
 * @param seconds since the beginning
 * @param heap bytes that live objects take
 * @param direct bytes of buffers outside of the heap
 * @param resident bytes of memory of the process; 0 where the system does not tell
 * @param threads how many there are
 * @param files files and sockets; 0 where the system does not tell
 * @param published acknowledged publishes until now
 * @param received messages handled until now
 * @param connections made until now
 */
record Sample(
        double seconds,
        long heap,
        long direct,
        long resident,
        int threads,
        int files,
        long published,
        long received,
        long connections) {
    static final String HEAD =
            "seconds,heap_bytes,direct_bytes,resident_bytes,threads,files,published,received,connections";

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path FILES = Path.of("/proc/self/fd");

    static Sample now(double seconds, long published, long received, long connections) throws IOException {
        System.gc();
        return new Sample(
                seconds,
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                        .mapToLong(BufferPoolMXBean::getMemoryUsed)
                        .sum(),
                residentNow(),
                ManagementFactory.getThreadMXBean().getThreadCount(),
                filesNow(),
                published,
                received,
                connections);
    }

    private static long residentNow() throws IOException {
        if (!Files.exists(STATUS)) {
            return 0;
        }
        for (String line : Files.readAllLines(STATUS)) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
        return 0;
    }

    private static int filesNow() {
        String[] open = FILES.toFile().list();
        return open == null ? 0 : open.length;
    }

    String line() {
        return String.format(
                Locale.ROOT,
                "%.0f,%d,%d,%d,%d,%d,%d,%d,%d",
                seconds,
                heap,
                direct,
                resident,
                threads,
                files,
                published,
                received,
                connections);
    }
}
