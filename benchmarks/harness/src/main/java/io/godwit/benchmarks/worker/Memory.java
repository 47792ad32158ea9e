package io.godwit.benchmarks.worker;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the process holds once the garbage is gone.
 *
 * @param heap bytes of live objects
 * @param resident bytes of memory that the system counts for the process, so off-heap buffers and stacks too
 */
record Memory(long heap, long resident, int threads) {

    private static final int COLLECTIONS = 3;
    private static final Path STATUS = Path.of("/proc/self/status");

    static Memory settled() throws IOException, InterruptedException {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            // Reference queues and the return of pages to the system need a moment after a collection.
            Thread.sleep(200);
        }
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        long resident = Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElse(0);
        return new Memory(heap, resident, ManagementFactory.getThreadMXBean().getThreadCount());
    }
}
