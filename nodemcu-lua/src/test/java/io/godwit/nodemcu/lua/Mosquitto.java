package io.godwit.nodemcu.lua;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A mosquitto of the machine, on a port that the system chooses. */
final class Mosquitto implements AutoCloseable {

    private final Path binary;
    private final Path configuration;
    private final int port;
    private Process process;

    private Mosquitto(Path binary, int port, String... listener) throws IOException {
        this.binary = binary;
        this.port = port;
        this.configuration = Files.createTempFile("mosquitto", ".conf");
        List<String> lines = new ArrayList<>(List.of("allow_anonymous true", "persistence false", "log_dest none"));
        if (listener.length > 0) {
            // Mosquitto, started by root, would give up its rights before it reads the key.
            lines.add("user " + System.getProperty("user.name"));
        }
        lines.add("listener " + port + " 127.0.0.1");
        lines.addAll(List.of(listener));
        Files.write(configuration, lines);
        this.process = begin();
    }

    static boolean isInstalled() {
        return binary() != null;
    }

    private static Path binary() {
        return Stream.of(
                        "/usr/sbin/mosquitto",
                        "/usr/bin/mosquitto",
                        "/usr/local/sbin/mosquitto",
                        "/opt/homebrew/sbin/mosquitto")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    /** @param listener further lines of the configuration, for its listener */
    static Mosquitto start(String... listener) throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = free.getLocalPort();
            free.close();
            return new Mosquitto(binary(), port, listener);
        }
    }

    private Process begin() throws IOException {
        Process begun = new ProcessBuilder(binary.toString(), "-c", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        Awaitility.await().atMost(Duration.ofSeconds(10)).ignoreExceptions().until(() -> {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            }
        });
        return begun;
    }

    int port() {
        return port;
    }

    void restart() throws IOException, InterruptedException {
        stop();
        process = begin();
    }

    void stop() throws InterruptedException {
        process.destroy();
        process.waitFor(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws InterruptedException, IOException {
        stop();
        Files.deleteIfExists(configuration);
    }
}
