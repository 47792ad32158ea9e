package io.godwit.simulation.broker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A real broker of our own, as a process on free ports of 127.0.0.1, which keeps its sessions when it is restarted in
 * order: Mosquitto, or one of those that the scripts in {@code interop/} run.
 */
public final class BrokerProcess implements AutoCloseable {
    /** The scripts take this port and the three after it. */
    private static final int PORTS = 4;

    private static final Duration MOSQUITTO_STARTS = Duration.ofSeconds(10);
    /** The first start of a broker that is a Java program builds it. */
    private static final Duration SCRIPT_STARTS = Duration.ofMinutes(5);

    private final String name;
    private final List<String> command;
    private final Path log;
    private final int port;
    private final Duration timeout;
    /** Ends the process with this one, when Ctrl-C or SIGTERM ends that. */
    private final Thread atExit = new Thread(this::destroy, "broker-end");

    private volatile Process process;

    private BrokerProcess(String name, List<String> command, Path log, int port, Duration timeout) throws IOException {
        this.name = name;
        this.command = command;
        this.log = log;
        this.port = port;
        this.timeout = timeout;
        this.process = launch();
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** Starts the broker of this name; what it writes goes into the folder. */
    public static BrokerProcess start(String name, Path folder) throws IOException {
        Files.createDirectories(folder);
        return name.equals("mosquitto") ? mosquitto(folder) : script(name, folder);
    }

    /** Whether Mosquitto is installed. */
    public static boolean hasMosquitto() {
        return mosquittoProgram() != null;
    }

    private static @Nullable Path mosquittoProgram() {
        for (String folder : (System.getenv("PATH") + ":/usr/sbin:/usr/local/sbin").split(":")) {
            Path program = Path.of(folder, "mosquitto");
            if (Files.isExecutable(program)) {
                return program;
            }
        }
        return null;
    }

    private static BrokerProcess mosquitto(Path folder) throws IOException {
        Path program = mosquittoProgram();
        if (program == null) {
            throw new IOException(
                    "mosquitto is not installed: apt-get install mosquitto, or name another broker with --broker");
        }
        int port = freePorts();
        Path config = folder.resolve("mosquitto.conf");
        Files.writeString(
                config,
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
        List<String> command = List.of(program.toString(), "-c", config.toString());
        return new BrokerProcess("mosquitto", command, folder.resolve("broker.log"), port, MOSQUITTO_STARTS);
    }

    private static BrokerProcess script(String name, Path folder) throws IOException {
        Path script = Path.of(System.getProperty("godwit.root", "."), "interop", name + ".sh")
                .toAbsolutePath();
        if (!name.matches("[a-z]+") || !Files.isExecutable(script)) {
            throw new IOException("no broker is called '" + name + "': mosquitto, HOST:PORT of one that runs, or one of"
                    + " those in interop/README.md");
        }
        int port = freePorts();
        List<String> command =
                List.of(script.toString(), "run", folder.resolve("data").toString(), Integer.toString(port));
        return new BrokerProcess(name, command, folder.resolve("broker.log"), port, SCRIPT_STARTS);
    }

    public int port() {
        return port;
    }

    /** The process that runs now. */
    long pid() {
        return process.pid();
    }

    /** Ends it in order, so that it writes its state, and starts it again. */
    public void restart() throws IOException {
        end();
        process = launch();
    }

    private Process launch() throws IOException {
        Process started = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        long end = System.nanoTime() + timeout.toNanos();
        while (!isListening()) {
            if (System.nanoTime() > end || !started.isAlive()) {
                started.destroy();
                throw new IOException(name + " did not start; see " + log);
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

    /** The first of a row of ports that nobody uses. */
    private static int freePorts() throws IOException {
        for (int attempt = 0; attempt < 100; attempt++) {
            int first = ThreadLocalRandom.current().nextInt(20_000, 30_000);
            boolean free = true;
            for (int i = 0; i < PORTS; i++) {
                free &= isFree(first + i);
            }
            if (free) {
                return first;
            }
        }
        throw new IOException("no four free ports in a row between 20000 and 30000");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException ending) {
            // It ends the process too.
        }
        end();
    }

    private void destroy() {
        process.destroy();
    }

    private void end() {
        destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
