package io.godwit.benchmarks.worker;

import io.godwit.benchmarks.Adapter;
import io.godwit.benchmarks.Endpoint;
import io.godwit.benchmarks.Link;
import io.godwit.benchmarks.peer.Mosquitto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * All clients of a process lose their broker at the same time, and it comes back after some seconds. Each library reconnects as it
 * does by default.
 */
final class Storm {

    /** Long enough for delays between attempts to grow, as they do in a real restart. */
    private static final long OUTAGE_MILLIS = 3_000;

    private static final long NOTICE_MILLIS = 2_000;
    /** More than two minutes, the longest delay of several libraries. */
    private static final long LONGEST_MILLIS = 150_000;

    private static final long POLL_MILLIS = 2;

    // Set once.
    private final Mosquitto broker;
    private final List<Link> links = new ArrayList<>();

    private Storm(Mosquitto broker) {
        this.broker = broker;
    }

    /** @param folder for the broker's configuration */
    static Map<String, Object> run(Adapter adapter, Endpoint endpoint, Path folder, int clients) throws Exception {
        Storm storm = new Storm(Mosquitto.in(folder));
        Process process = storm.broker.start();
        try {
            for (int i = 0; i < clients; i++) {
                storm.links.add(adapter.connect(endpoint.at(storm.broker.port(), "bench-" + i)));
            }
            Snapshot before = Snapshot.take(process.toHandle());
            storm.interrupt(process);
            process = storm.broker.start();
            return storm.recover(before, process);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Without a word to the clients, as a crash does it. */
    private void interrupt(Process process) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(OUTAGE_MILLIS);
        process.destroyForcibly().waitFor();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(NOTICE_MILLIS);
        while (connected() > 0) {
            if (System.nanoTime() > deadline) {
                throw new IOException(connected() + " clients have not noticed that their broker is gone");
            }
            Thread.sleep(POLL_MILLIS);
        }
        Thread.sleep(Math.max(0, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
    }

    private Map<String, Object> recover(Snapshot before, Process process) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        long deadline = begin + TimeUnit.MILLISECONDS.toNanos(LONGEST_MILLIS);
        double half = 0;
        int back;
        while ((back = connected()) < links.size()) {
            if (half == 0 && 2 * back >= links.size()) {
                half = secondsSince(begin);
            }
            if (System.nanoTime() > deadline) {
                throw new IOException("of " + links.size() + " clients " + back + " were back after "
                        + TimeUnit.MILLISECONDS.toSeconds(LONGEST_MILLIS) + " s, so the run is void");
            }
            Thread.sleep(POLL_MILLIS);
        }
        double all = secondsSince(begin);
        Snapshot after = Snapshot.take(process.toHandle());
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("count", links.size());
        figures.put("seconds", all);
        figures.put("half", half == 0 ? all : half);
        // Of the outage too, when attempts fail.
        figures.put("cpu", (after.cpu() - before.cpu()) / 1e9);
        figures.put("peerCpu", after.peerCpu() / 1e9);
        return figures;
    }

    private int connected() {
        int connected = 0;
        for (Link link : links) {
            connected += link.connected() ? 1 : 0;
        }
        return connected;
    }

    private static double secondsSince(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }
}
