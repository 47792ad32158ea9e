package io.godwit.benchmarks.peer;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A real broker on a port of this machine. It keeps nothing on the disk, and queues as much as it is sent. */
public final class Mosquitto {

    private static final int START_MILLIS = 10_000;

    /** Below the ports that systems give to connections: there one that is refused again and again can end up connected to itself. */
    private static final int LOWEST_PORT = 20_000;

    private static final int HIGHEST_PORT = 30_000;

    // Set once.
    private final Path command;
    private final Path configuration;
    private final int port;

    private Mosquitto(Path command, Path configuration, int port) {
        this.command = command;
        this.configuration = configuration;
        this.port = port;
    }

    /** Prepares one, with its configuration in the folder. */
    public static Mosquitto in(Path folder) throws IOException {
        Path command = command();
        if (command == null) {
            throw new IOException("mosquitto is not installed");
        }
        int port = freePort();
        Path configuration = folder.resolve("mosquitto.conf");
        Files.writeString(
                configuration,
                "listener " + port + " 127.0.0.1\nallow_anonymous true\npersistence false\nset_tcp_nodelay true\n"
                        + "max_inflight_messages 1000\nmax_queued_messages 0\n"
                        + "log_type error\n");
        return new Mosquitto(command, configuration, port);
    }

    /** Distributions install it where only the administrator's PATH looks. */
    public static @Nullable Path command() {
        return Stream.concat(
                        Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)),
                        Stream.of("/usr/sbin", "/usr/local/sbin"))
                .map(folder -> Path.of(folder, "mosquitto"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    private static int freePort() throws IOException {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST_PORT, HIGHEST_PORT);
            try (ServerSocket free = new ServerSocket()) {
                free.bind(new InetSocketAddress("127.0.0.1", port));
                return port;
            } catch (IOException e) {
                // taken: another one
            }
        }
    }

    public int port() {
        return port;
    }

    /** Starts a process, which is the caller's to end, and returns when it listens. */
    public Process start() throws IOException {
        Process process = new ProcessBuilder(command.toString(), "-c", configuration.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            awaitListening(process);
            return process;
        } catch (IOException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private void awaitListening(Process process) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_MILLIS);
        while (true) {
            try (Socket probe = new Socket("127.0.0.1", port)) {
                return;
            } catch (IOException e) {
                if (!process.isAlive()) {
                    throw new IOException("mosquitto ended with exit status " + process.exitValue(), e);
                }
                if (System.nanoTime() > deadline) {
                    throw new IOException("mosquitto did not listen on port " + port + " within 10 s", e);
                }
                Thread.onSpinWait();
            }
        }
    }
}
