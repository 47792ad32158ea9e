package io.godwit.interop.kafka;

import io.godwit.interop.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A Kafka, a worker or an MQTT broker that a script in the {@code interop} folder runs on 127.0.0.1. */
final class ServerScript implements AutoCloseable {
    /** Surefire runs in the module's folder; an IDE may run in the project's. */
    static final Path SCRIPTS =
            Path.of(Files.exists(Path.of("kafka.sh")) ? "" : "interop").toAbsolutePath();

    // Set once.
    private final String script;
    private final Path data;
    private final int port;
    private final Map<String, String> environment;

    private ServerScript(String script, Path data, int port, Map<String, String> environment) {
        this.script = script;
        this.data = data;
        this.port = port;
        this.environment = environment;
    }

    /** A Kafka of one node, not started. */
    static ServerScript kafka(Path folder) throws IOException {
        return new ServerScript("kafka.sh", folder.resolve("kafka"), Ports.inARow(2), Map.of());
    }

    /** A worker with this name, not started. {@code release}: the module of {@code interop/java} that it runs. */
    static ServerScript worker(
            Path folder, String name, ServerScript kafka, Path plugins, String release, String javaOptions)
            throws IOException {
        return new ServerScript(
                "connect.sh",
                folder.resolve(name),
                Ports.inARow(1),
                Map.of(
                        "KAFKA",
                        kafka.address(),
                        "PLUGIN_PATH",
                        plugins.toString(),
                        "RELEASE",
                        release,
                        "JAVA_OPTS",
                        "-Dlog4j2.level=WARN -Xshare:auto -XX:+UseSerialGC " + javaOptions));
    }

    /** The MQTT broker of {@code NAME.sh}, not started. */
    static ServerScript broker(Path folder, String name, Map<String, String> environment) throws IOException {
        return new ServerScript(name + ".sh", folder.resolve(name), Ports.inARow(6), environment);
    }

    int port() {
        return port;
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    String url() {
        return "http://" + address();
    }

    /** Returns when it answers. The first start of all downloads what it needs from Maven Central. */
    void start() throws IOException, InterruptedException {
        Files.createDirectories(data);
        run("start");
    }

    /** SIGTERM, and waits until it has ended. */
    void stop() throws IOException, InterruptedException {
        run("stop");
    }

    /** SIGTERM, and starts it again on the same data and port. */
    void restart() throws IOException, InterruptedException {
        stop();
        start();
    }

    /** SIGKILL. */
    void kill() throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-9", String.valueOf(pid())).start();
        kill.waitFor();
        while (ProcessHandle.of(pid()).map(ProcessHandle::isAlive).orElse(false)) {
            Thread.sleep(10);
        }
        Files.delete(data.resolve("broker.pid"));
    }

    long pid() throws IOException {
        return Long.parseLong(Files.readString(data.resolve("broker.pid")).strip());
    }

    /** What it has printed since its last start. */
    String log() throws IOException {
        return Files.readString(data.resolve("broker.log"));
    }

    private void run(String action) throws IOException, InterruptedException {
        Path log = data.resolve("script.log");
        ProcessBuilder builder = new ProcessBuilder(
                        "bash", SCRIPTS.resolve(script).toString(), action, data.toString(), "" + port)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(10, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IOException(script + " " + action + " did not end within 10 minutes");
        }
        if (process.exitValue() != 0) {
            throw new IOException(
                    script + " " + action + " failed:\n" + Files.readString(log).strip());
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (Files.exists(data)) {
            stop();
        }
    }
}
