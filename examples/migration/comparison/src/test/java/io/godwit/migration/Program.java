package io.godwit.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The telemetry service with one of the clients: its source, its class path, and how its command line names a server. */
enum Program {
    PAHO {
        @Override
        List<String> server(int port) {
            return List.of("ssl://localhost:" + port);
        }
    },
    HIVEMQ {
        @Override
        List<String> server(int port) {
            return List.of("localhost", String.valueOf(port));
        }
    },
    VERTX {
        @Override
        List<String> server(int port) {
            return List.of("localhost", String.valueOf(port));
        }
    },
    GODWIT {
        @Override
        List<String> server(int port) {
            return List.of("mqtts://localhost:" + port);
        }
    };

    static final Path EXAMPLES = Path.of("").toAbsolutePath().getParent();

    private final String client = name().toLowerCase(Locale.ROOT);

    abstract List<String> server(int port);

    Path source() {
        return EXAMPLES.resolve(Path.of(client, "src/main/java/example", client, "Telemetry.java"));
    }

    /** What the client brings along: jars, or folders of classes in a build that makes no jars. */
    List<Path> dependencies() {
        String path = read(EXAMPLES.resolve(Path.of(client, "target/class-path")));
        return Stream.of(path.strip().split(File.pathSeparator)).map(Path::of).toList();
    }

    /** Lines that are neither blank, nor a comment, nor an import. */
    long lines() {
        return read(source())
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("import ") && !line.startsWith("package "))
                .filter(line -> !line.startsWith("//") && !line.startsWith("/*") && !line.startsWith("*"))
                .count();
    }

    boolean isMeasurable() {
        return dependencies().stream().allMatch(Files::isRegularFile);
    }

    long bytes() {
        return dependencies().stream().mapToLong(jar -> jar.toFile().length()).sum();
    }

    /** Starts it in the folder, where it keeps its state; its output goes to output.txt and errors.txt there. */
    Process start(Path folder, int port, Path ca) throws IOException {
        List<String> classPath = new ArrayList<>();
        classPath.add(EXAMPLES.resolve(Path.of(client, "target/classes")).toString());
        dependencies().forEach(jar -> classPath.add(jar.toString()));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                String.join(File.pathSeparator, classPath),
                "example." + client + ".Telemetry"));
        command.addAll(server(port));
        command.add(ca.toString());
        assertThat(source()).exists();
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("output.txt").toFile()))
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("errors.txt").toFile()));
        builder.environment().put("MQTT_USER", "boiler");
        builder.environment().put("MQTT_PASSWORD", "secret");
        return builder.start();
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
