package example;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real Mosquitto, in a process. */
final class Mosquitto implements Broker {
    private final Path folder;
    private final int port;
    private Process process;

    Mosquitto(Path folder) throws IOException {
        this.folder = folder;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
    }

    static boolean isInstalled() {
        return programs().findFirst().isPresent();
    }

    /** Debian keeps it in /usr/sbin, which is often not on the path. */
    private static Stream<Path> programs() {
        return Stream.concat(
                        Stream.of(String.valueOf(System.getenv("PATH")).split(File.pathSeparator)),
                        Stream.of("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin"))
                .map(path -> Path.of(path, "mosquitto"))
                .filter(Files::isExecutable);
    }

    @Override
    public String uri() {
        return "mqtts://localhost:" + port;
    }

    @Override
    public void start(Certificate certificate) throws Exception {
        Path configuration = Files.write(
                folder.resolve("mosquitto.conf"),
                List.of(
                        "user " + System.getProperty("user.name"),
                        "allow_anonymous true",
                        "listener " + port + " 127.0.0.1",
                        "certfile " + certificate.chain(),
                        "keyfile " + certificate.key()));
        process = new ProcessBuilder(programs().findFirst().orElseThrow().toString(), "-c", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("mosquitto.log").toFile())
                .start();
        while (process.isAlive() && !answers()) {
            Thread.onSpinWait();
        }
        if (!process.isAlive()) {
            throw new IOException("Mosquitto ended: " + Files.readString(folder.resolve("mosquitto.log")));
        }
    }

    private boolean answers() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    @Override
    public void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
