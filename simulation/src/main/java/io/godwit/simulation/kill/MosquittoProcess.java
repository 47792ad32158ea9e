package io.godwit.simulation.kill;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A Mosquitto of our own on a free port, which keeps its sessions when it is restarted in order. */
final class MosquittoProcess implements AutoCloseable {
    private final Path folder;
    private final Path program;
    private final int port;
    private Process process;

    private MosquittoProcess(Path program, Path folder) throws IOException {
        this.program = program;
        this.folder = folder;
        this.port = freePort();
        Files.writeString(
                folder.resolve("mosquitto.conf"),
                String.join(
                        "\n",
                        "listener " + port + " 127.0.0.1",
                        "allow_anonymous true",
                        "persistence true",
                        "persistence_location " + folder + "/",
                        "max_queued_messages 0",
                        "max_inflight_messages 50",
                        "user root",
                        ""));
        this.process = launch();
    }

    /** Where the program is, or null. */
    static @Nullable Path program() {
        for (String folder : (System.getenv("PATH") + ":/usr/sbin:/usr/local/sbin").split(":")) {
            Path program = Path.of(folder, "mosquitto");
            if (Files.isExecutable(program)) {
                return program;
            }
        }
        return null;
    }

    static MosquittoProcess start(Path folder) throws IOException {
        Path program = program();
        if (program == null) {
            throw new IOException(
                    "mosquitto is not installed: apt-get install mosquitto, or name a broker with --broker");
        }
        Files.createDirectories(folder);
        return new MosquittoProcess(program, folder);
    }

    int port() {
        return port;
    }

    /** Ends it in order, so that it writes its state, and starts it again. */
    void restart() throws IOException {
        stop();
        process = launch();
    }

    private Process launch() throws IOException {
        Process started = new ProcessBuilder(List.of(
                        program.toString(),
                        "-c",
                        folder.resolve("mosquitto.conf").toString()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("mosquitto.log").toFile()))
                .start();
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!isListening()) {
            if (System.nanoTime() > end || !started.isAlive()) {
                started.destroy();
                throw new IOException("mosquitto did not start; see " + folder.resolve("mosquitto.log"));
            }
            LockSupport.parkNanos(20_000_000);
        }
        return started;
    }

    private boolean isListening() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    private void stop() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        stop();
    }
}
