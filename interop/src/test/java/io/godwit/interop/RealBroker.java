package io.godwit.interop;

import io.godwit.mqtt.protocol.ProtocolVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A broker that a script in the {@code interop} folder runs: how it is started, which versions it speaks, and what it lacks, by name. The
 * reasons are those of interop/README.md.
 */
enum RealBroker {
    MOSQUITTO("mosquitto", "mosquitto") {
        @Override
        void describe() {
            lacks(Feature.AUTHENTICATION, "no method of extended authentication comes with the broker");
            lacks(Feature.FLOW_CONTROL, "Mosquitto 2.0.11 now and then sends more than the client's receive maximum");
        }
    },
    HIVEMQ("hivemq", null),
    ARTEMIS("artemis", null) {
        @Override
        void describe() {
            lacks(Feature.AUTHENTICATION, "no method of extended authentication comes with the broker");
            // interop/check/order.mjs shows it with another client; only with MQTT 5.
            lacks(Feature.ORDER, ProtocolVersion.V5, "Artemis 2.55.0 mixes up a burst now and then on MQTT 5");
        }
    },
    MOQUETTE("moquette", null) {
        @Override
        void describe() {
            speaks(ProtocolVersion.V3_1, ProtocolVersion.V3_1_1);
            lacks(Feature.SESSION_OVER_RESTART, "Moquette 0.17 often loses a session over a restart");
            // interop/check/moquette.mjs shows these three with another client.
            lacks(Feature.RETAINED_QOS_1, "Moquette 0.17 sends retained messages without their flag at QoS 1 and 2");
            lacks(Feature.ECHO, "Moquette 0.17 drops a PUBACK while 64 KiB wait for the same connection");
            lacks(Feature.RECONNECT, "Moquette 0.17 loses a thread, and the clients on it, to a PUBLISH with DUP");
        }
    },
    AEDES("aedes", "npm") {
        @Override
        void describe() {
            speaks(ProtocolVersion.V3_1, ProtocolVersion.V3_1_1);
            lacks(Feature.SESSION_OVER_RESTART, "Aedes keeps its data in memory");
        }
    },
    RABBITMQ("rabbitmq", "rabbitmq-server") {
        @Override
        void describe() {
            speaks(ProtocolVersion.V3_1, ProtocolVersion.V3_1_1);
            lacks(Feature.QOS_2, "RabbitMQ grants QoS 1 at most");
        }
    },
    EJABBERD("ejabberd", "ejabberdctl") {
        @Override
        void describe() {
            speaks(ProtocolVersion.V3_1_1, ProtocolVersion.V5);
            lacks(Feature.SESSION_OVER_RESTART, "ejabberd keeps its sessions in memory");
            lacks(Feature.AUTHENTICATION, "no method of extended authentication comes with the broker");
            lacks(Feature.SHARED_SUBSCRIPTIONS, "ejabberd has no shared subscriptions");
        }
    };

    private static final int PORTS = 6;
    /** Surefire runs in the module's folder; an IDE may run in the project's. */
    private static final Path SCRIPTS =
            Path.of(Files.exists(Path.of("mosquitto.sh")) ? "" : "interop").toAbsolutePath();

    private final String script;
    private final @Nullable String command;
    private final Set<ProtocolVersion> versions = EnumSet.allOf(ProtocolVersion.class);
    private final Map<Feature, Map<ProtocolVersion, String>> lacks = new EnumMap<>(Feature.class);

    RealBroker(String script, @Nullable String command) {
        this.script = script;
        this.command = command;
        describe();
    }

    /** Declares what is special about this broker. */
    void describe() {}

    void speaks(ProtocolVersion... spoken) {
        versions.clear();
        versions.addAll(List.of(spoken));
    }

    void lacks(Feature feature, String why) {
        for (ProtocolVersion version : ProtocolVersion.values()) {
            lacks(feature, version, why);
        }
    }

    void lacks(Feature feature, ProtocolVersion version, String why) {
        lacks.computeIfAbsent(feature, none -> new EnumMap<>(ProtocolVersion.class))
                .put(version, why);
    }

    /** The name of its script, such as {@code mosquitto}. */
    String script() {
        return script;
    }

    /** Why a feature cannot be tried in this version; null when it can. */
    @Nullable
    String lacks(Feature feature, ProtocolVersion version) {
        if (!versions.contains(version)) {
            return script + " does not speak MQTT " + version;
        }
        return lacks.getOrDefault(feature, Map.of()).get(version);
    }

    /** The user name that it requires, or null. */
    @Nullable
    String user() {
        return this == EJABBERD ? "tester@localhost" : null;
    }

    /** What must be installed first; null when nothing is missing. */
    @Nullable
    String missing() {
        if (command == null) {
            return null;
        }
        List<String> folders = new ArrayList<>(List.of(System.getenv("PATH").split(":")));
        folders.add("/usr/sbin"); // Debian's place for daemons, often not on the path
        boolean found = folders.stream().anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
        return found ? null : "'" + command + "' is not installed: run interop/install " + script;
    }

    /** A broker that runs: on six ports in a row, with its data in a folder of its own. */
    static final class Running implements AutoCloseable {
        private final RealBroker broker;
        private final Path data;
        private final int port;

        private Running(RealBroker broker, Path data, int port) {
            this.broker = broker;
            this.data = data;
            this.port = port;
        }

        RealBroker broker() {
            return broker;
        }

        int port() {
            return port;
        }

        /** The folder with {@code ca.crt}, {@code client.crt} and {@code client.key}. */
        Path certificates() {
            return data.resolve("certs");
        }

        /** The unix socket that Mosquitto listens on. */
        Path unixSocket() {
            return data.resolve("mqtt.sock");
        }

        /** Whether it has written nothing to its data folder for a second. */
        boolean hasWritten() throws IOException {
            try (Stream<Path> files = Files.walk(data)) {
                Instant newest = files.map(file -> file.toFile().lastModified())
                        .max(Long::compare)
                        .map(Instant::ofEpochMilli)
                        .orElse(Instant.EPOCH);
                return newest.isBefore(Instant.now().minusSeconds(1));
            }
        }

        /** Shuts it down cleanly and starts it on the same data and ports. */
        void restart() throws IOException, InterruptedException {
            broker.script("stop", data, port);
            broker.script("start", data, port);
        }

        @Override
        public void close() throws IOException, InterruptedException {
            broker.script("stop", data, port);
        }
    }

    /** Starts it on an empty folder; returns when it answers. The first start may download and build it. */
    Running start(Path folder) throws IOException, InterruptedException {
        Path data = folder.resolve(script + "-" + System.nanoTime()).toAbsolutePath();
        Files.createDirectories(data);
        int port = Ports.inARow(PORTS);
        script("start", data, port);
        return new Running(this, data, port);
    }

    private void script(String action, Path data, int port) throws IOException, InterruptedException {
        Path log = data.resolve("script.log");
        Process process = new ProcessBuilder(
                        "bash", SCRIPTS.resolve(script + ".sh").toString(), action, data.toString(), "" + port)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        if (!process.waitFor(6, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IllegalStateException(script + ".sh " + action + " did not end within 6 minutes");
        }
        if (process.exitValue() != 0) {
            throw new IllegalStateException(script + ".sh " + action + " failed:\n"
                    + Files.readString(log).strip());
        }
    }
}
