package io.godwit.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Whether this machine lets a process have so many connections, and so much in flight; says what to do when not. Knows Linux, trusts others. */
public final class MachineLimits {
    /** Open files of the Java machine itself: jars, event loops. */
    private static final int OWN_FILES = 150;

    /** Ports that others may need. */
    private static final double USABLE_PORTS = 0.95;

    private MachineLimits() {}

    /**
     * Checks the limits of open files, of ports and of the heap.
     *
     * @throws IllegalArgumentException when one is too low for the plan; says how to raise it
     */
    public static void check(BenchPlan plan) {
        check(
                plan.connections(),
                Math.max(1, plan.sources().addresses().size()),
                openFiles(lines("/proc/self/limits")),
                ports(lines("/proc/sys/net/ipv4/ip_local_port_range")));
        long payloads = 1L * plan.publishers() * plan.inFlight() * plan.sizes().most();
        checkMemory(plan.rate() > 0 ? 0 : payloads, Runtime.getRuntime().maxMemory());
    }

    /**
     * The same by value.
     *
     * @param files how many files the process may open
     * @param ports how many connections may start from one address towards one broker
     */
    static void check(int connections, int sources, long files, long ports) {
        if (connections + OWN_FILES > files) {
            throw new IllegalArgumentException(connections + " connections need " + (connections + OWN_FILES)
                    + " open files, and this process may have " + files + ": run 'ulimit -n " + (connections + 1_000)
                    + "' first; where that is refused, raise 'nofile' in /etc/security/limits.conf or LimitNOFILE of"
                    + " the service. The broker needs as many");
        }
        long usable = (long) (ports * USABLE_PORTS);
        if (connections > usable * sources) {
            throw new IllegalArgumentException(connections + " connections, but one address has only " + ports
                    + " ports: add --sources with " + (connections / usable + 1)
                    + " addresses of this machine, such as 127.0.0.2-127.0.0." + (connections / usable + 2)
                    + ", or widen net.ipv4.ip_local_port_range");
        }
    }

    /** Whether what may be in flight fits into the heap, twice: in the messages and on its way. */
    static void checkMemory(long payloads, long heap) {
        if (payloads > heap / 2) {
            throw new IllegalArgumentException("as fast as possible, " + Formats.bytes(payloads)
                    + " of payload may be in flight, too much for a heap of " + Formats.bytes(heap)
                    + ": lower -M or --size, or set GODWIT_OPTS=-Xmx8g");
        }
    }

    /** The limit in the lines of /proc/self/limits. */
    static long openFiles(List<String> lines) {
        for (String line : lines) {
            if (line.startsWith("Max open files")) {
                String soft = line.substring("Max open files".length()).strip().split("\\s+")[0];
                return soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft);
            }
        }
        return Long.MAX_VALUE;
    }

    /** How many ports the line of ip_local_port_range gives. */
    static long ports(List<String> lines) {
        if (lines.isEmpty()) {
            return Integer.MAX_VALUE;
        }
        String[] range = lines.get(0).strip().split("\\s+");
        return Long.parseLong(range[1]) - Long.parseLong(range[0]) + 1;
    }

    private static List<String> lines(String file) {
        try {
            return Files.readAllLines(Path.of(file));
        } catch (IOException e) {
            return List.of();
        }
    }
}
