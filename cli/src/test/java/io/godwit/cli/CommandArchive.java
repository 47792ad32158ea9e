package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * How these tests start Java: with an archive of the classes that commands load, as the launcher does. It halves the work of each
 * start, and there are some seven hundred. An archive takes classes from jars only, so the folders of classes become one first.
 */
final class CommandArchive {
    private static final List<String> OPTIONS = List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-XX:+IgnoreUnrecognizedVMOptions",
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED",
            "-Xlog:disable",
            "-XX:+DisplayVMOutputToStderr");
    private static final List<String> LINE = prepare();

    private CommandArchive() {}

    /** The java command with its options and its class path. */
    static List<String> java() {
        return LINE;
    }

    /** Makes jar and archive, unless an earlier run with the same classes and the same Java has. */
    private static List<String> prepare() {
        try {
            List<Path> path = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                    .map(Path::of)
                    .toList();
            Path folder = Path.of(System.getProperty("classes.folder")).resolveSibling("command-archive");
            Path jar = Files.createDirectories(folder).resolve("classes.jar");
            Path archive = folder.resolve("classes.jsa");
            String classPath = Stream.concat(Stream.of(jar), path.stream().filter(Files::isRegularFile))
                    .map(Path::toString)
                    .collect(Collectors.joining(File.pathSeparator));
            List<String> line = new ArrayList<>();
            line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            line.addAll(OPTIONS);
            line.addAll(List.of("-cp", classPath));

            // Two processes run these tests at the same time.
            Path made = folder.resolve("made-of.txt");
            try (FileChannel lock =
                    FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                lock.lock();
                String sources = sources(path, line);
                if (!Files.exists(made) || !Files.readString(made).equals(sources)) {
                    Files.deleteIfExists(made);
                    merge(path.stream().filter(Files::isDirectory).toList(), jar);
                    Path list = folder.resolve("classes.list");
                    run(line, "-XX:DumpLoadedClassList=" + list, CdsTraining.class.getName());
                    run(line, "-Xshare:dump", "-XX:SharedClassListFile=" + list, "-XX:SharedArchiveFile=" + archive);
                    Files.writeString(made, sources);
                }
            }
            line.add("-XX:SharedArchiveFile=" + archive);
            return List.copyOf(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the archive depends on, a line each: the Java, the command line, and each file with its time. */
    private static String sources(List<Path> path, List<String> line) throws IOException {
        List<String> sources = new ArrayList<>(line);
        sources.add(System.getProperty("java.vm.version"));
        for (Path entry : path) {
            for (Path file : files(entry)) {
                sources.add(file + " " + Files.getLastModifiedTime(file));
            }
        }
        return String.join("\n", sources);
    }

    private static void merge(List<Path> folders, Path jar) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file)) {
            Set<String> names = new HashSet<>();
            for (Path folder : folders) {
                for (Path from : files(folder)) {
                    String name = folder.relativize(from).toString();
                    if (names.add(name)) {
                        out.putNextEntry(new ZipEntry(name));
                        Files.copy(from, out);
                    }
                }
            }
        }
    }

    private static List<Path> files(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static void run(List<String> line, String... more) throws IOException {
        List<String> whole = new ArrayList<>(line);
        whole.addAll(List.of(more));
        Process process = new ProcessBuilder(whole)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            assertThat(process.waitFor()).as(() -> String.join(" ", whole)).isZero();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
