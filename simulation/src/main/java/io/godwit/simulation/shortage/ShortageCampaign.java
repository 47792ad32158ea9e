package io.godwit.simulation.shortage;

import io.godwit.mqtt.broker.MqttBroker;
import io.godwit.simulation.broker.WorkFolder;
import io.godwit.testkit.FaultProxy;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Starts a {@link ShortageClient} with few handles, few threads and little memory, and breaks its connection while it lacks one
 * of them.
 */
final class ShortageCampaign {
    private static final int HANDLES = 200;
    private static final int THREADS = 100;
    private static final String HEAP = "-Xmx48m";
    private static final String NOBODY = "65534";

    private final long seed;
    private final Set<Shortage> wanted;

    ShortageCampaign(long seed, Set<Shortage> wanted) {
        this.seed = seed;
        this.wanted = wanted;
    }

    /**
     * What a campaign has shown.
     *
     * @param shortages how many of each kind; one that this system cannot produce is missing
     * @param slowest how long it took at most until the client delivered again
     * @param faults empty if the client has withstood
     */
    record Outcome(Map<Shortage, Integer> shortages, int cuts, Duration slowest, List<String> faults) {}

    Outcome run(Duration time) throws IOException {
        try (WorkFolder folder = WorkFolder.create("godwit-shortage");
                MqttBroker broker = MqttBroker.start();
                FaultProxy proxy = FaultProxy.to(broker.host(), broker.port())) {
            Process process = start(folder.path(), proxy.uri(), time);
            try {
                Outcome outcome = follow(process, proxy);
                if (outcome.faults().isEmpty()) {
                    folder.discard();
                }
                return outcome;
            } finally {
                process.destroyForcibly();
            }
        }
    }

    private Process start(Path folder, String address, Duration time) throws IOException {
        boolean isRoot = "root".equals(System.getProperty("user.name"));
        List<Shortage> kinds = new ArrayList<>(wanted);
        List<String> command = new ArrayList<>();
        String classPath = copied(System.getProperty("java.class.path"), folder);
        if (isRoot && Files.isExecutable(Path.of("/usr/bin/setpriv"))) {
            // The system limits the threads of each user but root.
            command.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
        } else if (isRoot) {
            kinds.remove(Shortage.THREADS);
        }
        command.addAll(List.of(
                "/bin/bash",
                "-c",
                "ulimit -n " + HANDLES + " && ulimit -u $(($1 + " + THREADS + ")) && shift && exec \"$@\"",
                "bash",
                String.valueOf(isRoot ? 0 : threadsOfUser())));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UseDynamicNumberOfCompilerThreads",
                "-Xshare:auto",
                "-Xlog:disable",
                "-XX:+DisplayVMOutputToStderr",
                HEAP,
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                classPath,
                ShortageClient.class.getName(),
                address,
                String.valueOf(seed),
                String.valueOf(Math.max(1, time.toSeconds())),
                kinds.stream().map(Shortage::name).collect(Collectors.joining(","))));
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(folder.resolve("errors").toFile())
                .start();
    }

    /**
     * A copy of the class path that any user may read, in jars only: a class of a jar that is open needs no handle to be
     * loaded, and Java never tries again what it could not load.
     */
    private static String copied(String classPath, Path folder) throws IOException {
        List<String> copies = new ArrayList<>();
        folder.toFile().setExecutable(true, false);
        folder.toFile().setReadable(true, false);
        for (String each : classPath.split(File.pathSeparator)) {
            Path from = Path.of(each);
            Path to = folder.resolve(copies.size() + ".jar");
            if (Files.isDirectory(from)) {
                pack(from, to);
            } else if (Files.exists(from)) {
                Files.copy(from, to);
            }
            to.toFile().setReadable(true, false);
            copies.add(to.toString());
        }
        return String.join(File.pathSeparator, copies);
    }

    private static void pack(Path folder, Path jar) throws IOException {
        try (Stream<Path> all = Files.walk(folder);
                ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                zip.putNextEntry(new ZipEntry(folder.relativize(file).toString().replace(File.separatorChar, '/')));
                Files.copy(file, zip);
            }
        }
    }

    /** Of all processes of this user: the system counts them together. */
    private static int threadsOfUser() throws IOException {
        Process ps = new ProcessBuilder("ps", "-L", "-u", System.getProperty("user.name"), "-o", "lwp=").start();
        try (BufferedReader lines = ps.inputReader()) {
            return (int) lines.lines().count();
        }
    }

    private Outcome follow(Process process, FaultProxy proxy) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        Map<Shortage, Integer> shortages = new EnumMap<>(Shortage.class);
        List<String> faults = new ArrayList<>();
        long slowest = -1;
        int cuts = 0;
        boolean isShort = false;
        try (BufferedReader lines = process.inputReader()) {
            while (true) {
                if (isShort && !lines.ready() && process.isAlive()) {
                    pause(50 + random.nextInt(200));
                    proxy.cut();
                    cuts++;
                    continue;
                }
                String line = lines.readLine();
                if (line == null) {
                    break;
                }
                String[] words = line.split(" ");
                isShort = words[0].equals(ShortageClient.TAKEN);
                switch (words[0]) {
                    case ShortageClient.TAKEN -> shortages.merge(Shortage.valueOf(words[1]), 1, Integer::sum);
                    case ShortageClient.CUT -> proxy.cut();
                    case ShortageClient.FREE -> {}
                    case ShortageClient.SLOWEST -> slowest = Long.parseLong(words[1]);
                    default -> faults.add(line);
                }
            }
        }
        if (slowest < 0 && faults.isEmpty()) {
            faults.add("the process of the client has ended");
        }
        return new Outcome(shortages, cuts, Duration.ofMillis(slowest), faults);
    }

    private static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
