package io.godwit.benchmarks.worker;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Map;

/**
 * The clocks that are read before and after a measurement.
 *
 * @param nanoseconds of {@link System#nanoTime}
 * @param cpu nanoseconds of CPU of the whole process: the library's threads, the publishing thread, the garbage
 *     collector and the compiler
 * @param allocated bytes of heap allocated by all Java threads that live. The threads of the collector and the
 *     compiler allocate none; a thread that ended in between would be missed, but pools are steady after warm-up
 * @param peerCpu nanoseconds of CPU of the peer, in steps of 10 ms
 */
record Snapshot(long nanoseconds, long cpu, long allocated, long peerCpu) {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    static Snapshot take(ProcessHandle peer) {
        long peerCpu = peer.info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
        long allocated = 0;
        for (long bytes : THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds())) {
            allocated += Math.max(0, bytes);
        }
        return new Snapshot(System.nanoTime(), SYSTEM.getProcessCpuTime(), allocated, peerCpu);
    }

    /** Adds what passed between the two to the figures. */
    static void putDifference(Snapshot before, Snapshot after, long count, Map<String, Object> figures) {
        figures.put("count", count);
        figures.put("seconds", (after.nanoseconds - before.nanoseconds) / 1e9);
        figures.put("cpu", (after.cpu - before.cpu) / 1e9);
        figures.put("allocated", after.allocated - before.allocated);
        figures.put("peerCpu", (after.peerCpu - before.peerCpu) / 1e9);
    }
}
