package io.godwit.benchmarks.runner;

import io.godwit.benchmarks.Scenario.Kind;
import io.godwit.benchmarks.worker.Worker;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Starts the fresh JVM of one run and reads its figures. The flags are the same for all contenders. */
final class Launch {

    /** Ample, fixed and touched, so that no contender is measured growing its heap. */
    private static final List<String> THROUGHPUT_FLAGS = List.of("-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch");

    /**
     * A heap that shrinks to what lives, with a small young generation, so that resident memory tells what the connections
     * hold and not what was thrown away while they were made.
     */
    private static final List<String> IDLE_FLAGS =
            List.of("-Xmx1g", "-Xmn8m", "-XX:+UseSerialGC", "-XX:MinHeapFreeRatio=2", "-XX:MaxHeapFreeRatio=5");

    /** The exit status of a process that {@link Process#destroyForcibly} has ended. */
    private static final int KILLED = 128 + 9;

    private static final int GRACE_SECONDS = 30;
    private static final int MOST_CLIENTS_OF_A_STORM = 2_000;

    /** For the outage and the return of the slowest. */
    private static final int STORM_SECONDS = 200;

    // Set once.
    private final Path java;
    private final Path root;
    private final Path out;
    private final Peers peers;
    private final Path directory;
    private final long warmupMillis;
    private final long measureMillis;
    private final int connections;
    private final List<String> moreFlags;

    Launch(Options options, Peers peers, Path directory, long warmupMillis, long measureMillis) {
        this.java = options.java();
        this.root = options.root();
        this.out = options.out();
        this.moreFlags = options.jvmFlags();
        this.connections = options.connections();
        this.peers = peers;
        this.directory = directory;
        this.warmupMillis = warmupMillis;
        this.measureMillis = measureMillis;
    }

    /** Runs it, with an empty folder for its store; throws when the worker failed, with what it had to say. */
    Result run(Plan.Run run) throws IOException, InterruptedException {
        Path store = Folders.create(out.resolve("store"));
        try {
            return run(run, store);
        } finally {
            Folders.delete(store);
        }
    }

    private Result run(Plan.Run run, Path store) throws IOException, InterruptedException {
        Peers.Peer peer = run.scenario().needsBroker()
                ? peers.mosquitto()
                : run.scenario().tls() ? peers.tls() : peers.plain();
        List<String> command = command(run, peer, store);
        Path errors = directory.resolve("worker.err");
        long begin = System.nanoTime();
        Process process =
                new ProcessBuilder(command).redirectError(errors.toFile()).start();
        try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
            long mostSeconds = mostSeconds(run.scenario().kind());
            Thread watchdog = watchdog(process, mostSeconds);
            @Nullable Result result = null;
            String line;
            while ((line = lines.readLine()) != null) {
                if (line.equals("first-puback")) {
                    result = new Result(Map.of("millis", (System.nanoTime() - begin) / 1e6));
                } else if (line.startsWith("result ")) {
                    result = Result.parse(line);
                }
            }
            int status = process.waitFor();
            watchdog.interrupt();
            if (status == KILLED) {
                throw new IOException("not done after " + mostSeconds + " s: " + firstLines(errors));
            }
            if (status != 0 || result == null) {
                throw new IOException("exit status " + status + ": " + firstLines(errors));
            }
            return result;
        }
    }

    private List<String> command(Plan.Run run, Peers.Peer peer, Path store) throws IOException {
        Kind kind = run.scenario().kind();
        List<String> command = new ArrayList<>();
        command.add(java.toString());
        if (kind == Kind.IDLE) {
            command.addAll(IDLE_FLAGS);
        } else if (kind != Kind.FIRST_PUBACK) {
            command.addAll(THROUGHPUT_FLAGS);
        }
        command.addAll(moreFlags);
        command.addAll(List.of("-cp", classPath(run.contender().module()), Worker.class.getName()));
        command.add("scenario=" + run.scenario().name());
        command.add("adapter=" + run.contender().adapter());
        command.add("port=" + peer.port());
        command.add("many=" + peer.manyPort());
        command.add("web=" + peer.webPort());
        command.add("peer=" + peer.pid());
        command.add("counters=" + peers.counters());
        command.add("certificate=" + peers.certificate());
        command.add("store=" + store);
        command.add("warmup=" + warmupMillis);
        command.add("measure=" + measureMillis);
        command.add("connections=" + connections);
        command.add("clients=" + Math.min(MOST_CLIENTS_OF_A_STORM, connections));
        run.contender().options().forEach((key, value) -> command.add("option." + key + "=" + value));
        return command;
    }

    /** What the build resolved for the module, and its own classes before it. */
    private String classPath(String module) throws IOException {
        Path target = root.resolve("benchmarks").resolve(module).resolve("target");
        Path resolved = target.resolve("classpath");
        String others = Files.exists(resolved) ? Files.readString(resolved).strip() : "";
        return target.resolve("fast/classes") + (others.isEmpty() ? "" : File.pathSeparator + others);
    }

    /** Ends the process, and what it has started, when it takes too long. */
    private static Thread watchdog(Process process, long seconds) {
        Thread thread = new Thread(
                () -> {
                    try {
                        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                            process.descendants().forEach(ProcessHandle::destroyForcibly);
                            process.destroyForcibly();
                        }
                    } catch (InterruptedException e) {
                        // the run has ended by itself
                    }
                },
                "watchdog");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private long mostSeconds(Kind kind) {
        return TimeUnit.MILLISECONDS.toSeconds(warmupMillis + measureMillis)
                + GRACE_SECONDS
                + connections / 100
                + (kind == Kind.STORM ? STORM_SECONDS : 0);
    }

    private static String firstLines(Path errors) throws IOException {
        List<String> lines = Files.readAllLines(errors);
        return String.join("\n    ", lines.subList(0, Math.min(12, lines.size())));
    }
}
