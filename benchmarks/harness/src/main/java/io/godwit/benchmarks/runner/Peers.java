package io.godwit.benchmarks.runner;

import io.godwit.benchmarks.Scenario;
import io.godwit.benchmarks.peer.AcknowledgingPeer;
import io.godwit.benchmarks.peer.Mosquitto;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The processes at the other end: the acknowledging peer, plain and with TLS, and a Mosquitto for what goes through a broker. Each
 * is started when first asked for, and all end with the campaign.
 */
final class Peers implements AutoCloseable {

    private final Path java;
    private final Path directory;
    private final List<Process> processes = new ArrayList<>();
    private @Nullable Peer plain;
    private @Nullable Peer tls;
    private @Nullable Peer mosquitto;

    Peers(Path java, Path directory) {
        this.java = java;
        this.directory = directory;
    }

    /** A running process and where it listens. */
    record Peer(long pid, int port, int manyPort, int webPort) {}

    Path counters() {
        return directory.resolve("counters");
    }

    /** The certificate to trust; there once the peer with TLS runs. */
    Path certificate() {
        return directory.resolve("peer.pem");
    }

    Peer plain() {
        if (plain == null) {
            plain = startPeer();
        }
        return plain;
    }

    Peer tls() {
        if (tls == null) {
            Path keyStore = directory.resolve("peer.p12");
            Path keytool = java.resolveSibling("keytool");
            String password = AcknowledgingPeer.KEY_STORE_PASSWORD;
            // An elliptic key as brokers have today; the handshake is not what is measured.
            run(List.of(
                    keytool.toString(),
                    "-genkeypair",
                    "-alias",
                    "peer",
                    "-keyalg",
                    "EC",
                    "-groupname",
                    "secp256r1",
                    "-dname",
                    "CN=127.0.0.1",
                    "-ext",
                    "san=ip:127.0.0.1",
                    "-validity",
                    "30",
                    "-storetype",
                    "PKCS12",
                    "-keystore",
                    keyStore.toString(),
                    "-storepass",
                    password));
            run(List.of(
                    keytool.toString(),
                    "-exportcert",
                    "-rfc",
                    "-alias",
                    "peer",
                    "-keystore",
                    keyStore.toString(),
                    "-storepass",
                    password,
                    "-file",
                    certificate().toString()));
            tls = startPeer(keyStore.toString());
        }
        return tls;
    }

    Peer mosquitto() {
        if (mosquitto == null) {
            mosquitto = startMosquitto();
        }
        return mosquitto;
    }

    private Peer startPeer(String... more) {
        List<String> command = new ArrayList<>(List.of(
                java.toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                AcknowledgingPeer.class.getName(),
                counters().toString()));
        command.addAll(List.of(more));
        Process process = start(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT));
        try {
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            String line = reader.readLine();
            if (line == null || !line.startsWith("ports ")) {
                throw new IllegalStateException("the acknowledging peer did not start: " + line);
            }
            String[] words = line.split(" ");
            return new Peer(
                    process.pid(), Integer.parseInt(words[1]), Integer.parseInt(words[2]), Integer.parseInt(words[3]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Peer startMosquitto() {
        try {
            Mosquitto broker = Mosquitto.in(directory);
            Process process = broker.start();
            processes.add(process);
            return new Peer(process.pid(), broker.port(), broker.port(), broker.port());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The scenarios that need a program which is not installed, and why. */
    static Map<String, String> missingFor(List<Scenario> scenarios) {
        Map<String, String> missing = new LinkedHashMap<>();
        if (Mosquitto.command() == null) {
            scenarios.stream()
                    .filter(Scenario::needsBroker)
                    .forEach(scenario -> missing.put(
                            scenario.name(), "mosquitto is not installed (on Debian: apt install mosquitto)"));
        }
        return missing;
    }

    private Process start(ProcessBuilder builder) {
        try {
            Process process = builder.start();
            processes.add(process);
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(command.get(0) + " failed: " + output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while waiting for " + command.get(0), e);
        }
    }

    @Override
    public void close() {
        processes.forEach(Process::destroy);
    }
}
