package io.godwit.checks;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real Mosquitto on free ports of 127.0.0.1. A test that needs it is skipped where it is not installed. */
public final class Mosquitto implements AutoCloseable {
    // Set once.
    private final Path program;
    private final Path configuration;
    private final Path output;
    private final List<Integer> ports;

    // Calling thread only.
    private Process process;

    private Mosquitto(Path program, Path folder, List<Integer> ports) throws IOException {
        this.program = program;
        this.configuration = folder.resolve("mosquitto.conf");
        this.output = folder.resolve("mosquitto.log");
        this.ports = ports;
        this.process = launch();
    }

    /** Whether a test that needs Mosquitto will run. */
    public static boolean isInstalled() {
        return Programs.find("mosquitto").isPresent();
    }

    /** Starts one that everybody may connect to, with a plain listener and these further lines of configuration. */
    public static Mosquitto start(Path folder, String... settings) throws IOException {
        return in(folder).anonymous().settings(settings).listener().start();
    }

    /** Where to keep its files; the rest is said on the builder. */
    public static Builder in(Path folder) {
        return new Builder(folder);
    }

    /** The port of the first listener. */
    public int port() {
        return port(0);
    }

    /** The port of a listener, in the order in which they were configured. */
    public int port(int listener) {
        return ports.get(listener);
    }

    /** What it has logged since it was started first. */
    public String log() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process launch() throws IOException {
        Process launched = new ProcessBuilder(program.toString(), "-c", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                .start();
        await("Mosquitto answers")
                .atMost(Duration.ofSeconds(20))
                .until(() -> !launched.isAlive() || ports.stream().allMatch(Programs::answers));
        if (!launched.isAlive()) {
            throw new IllegalStateException("Mosquitto ended at once:\n" + log());
        }
        return launched;
    }

    /** Ends it, so that {@link #restart} finds its ports free. */
    public void stop() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Starts it again with the same configuration and ports. */
    public void restart() throws IOException {
        stop();
        process = launch();
    }

    @Override
    public void close() {
        stop();
    }

    /** The configuration of a Mosquitto. */
    public static final class Builder {
        private final Path folder;
        private final List<String> lines = new ArrayList<>();
        private final List<Integer> ports = new ArrayList<>();

        private Builder(Path folder) {
            this.folder = folder;
            // Started by root, it would give up its rights before it reads the keys of the test.
            settings("per_listener_settings false", "user " + System.getProperty("user.name"));
        }

        /** Everybody may connect. */
        public Builder anonymous() {
            return settings("allow_anonymous true");
        }

        /** Lines of mosquitto.conf; before the first listener they apply to all. */
        public Builder settings(String... settings) {
            lines.addAll(List.of(settings));
            return this;
        }

        /** A listener on a free port, with the lines of mosquitto.conf that belong to it. */
        public Builder listener(String... settings) {
            int port = Programs.freePort();
            ports.add(port);
            return settings("listener " + port + " 127.0.0.1").settings(settings);
        }

        /** Starts it, and returns once all its listeners answer; or skips the test. */
        public Mosquitto start() throws IOException {
            Path program = Programs.require("mosquitto");
            Files.write(folder.resolve("mosquitto.conf"), lines);
            return new Mosquitto(program, folder, List.copyOf(ports));
        }
    }
}
