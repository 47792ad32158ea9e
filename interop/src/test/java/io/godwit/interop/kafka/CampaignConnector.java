package io.godwit.interop.kafka;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A source connector that the campaign can try: ours, or another that {@code interop/connector} builds. */
enum CampaignConnector {
    GODWIT {
        @Override
        Path plugins(Path folder) throws IOException {
            return PluginFolder.create(folder);
        }

        @Override
        Map<String, String> source(ConnectCluster cluster, boolean shared, int tasks, int receiveMaximum) {
            return cluster.source(
                    ConnectCluster.TOPIC,
                    "tasks.max",
                    String.valueOf(tasks),
                    "mqtt.topics",
                    shared ? "numbers/#" : "numbers/qos1/#,numbers/qos2/#",
                    "mqtt.shared.subscription",
                    shared ? "always" : "never",
                    "mqtt.receive.maximum",
                    String.valueOf(receiveMaximum));
        }
    },

    /**
     * As durable as its settings allow: a fixed client identifier, a session that is kept, QoS 2. It has one task. Newer releases
     * of Connect cannot run it: a library of it uses a class of Kafka that is no longer public.
     */
    JOVACON {
        @Override
        String release() {
            return "connect-3.7";
        }

        @Override
        Path plugins(Path folder) throws IOException, InterruptedException {
            Path plugins = Files.createDirectories(folder.resolve("plugins"));
            List<String> command = new ArrayList<>(List.of(
                    "bash", ServerScript.SCRIPTS.resolve("connector").toString(), "jovacon", plugins.toString()));
            String sources = System.getenv("SOURCES");
            if (sources != null) {
                command.add(sources);
            }
            Process build = new ProcessBuilder(command).inheritIO().start();
            if (build.waitFor() != 0) {
                throw new IOException("interop/connector jovacon failed; see above");
            }
            return plugins;
        }

        @Override
        Map<String, String> source(ConnectCluster cluster, boolean shared, int tasks, int receiveMaximum) {
            Map<String, String> settings = new HashMap<>();
            settings.put("connector.class", "be.jovacon.kafka.connect.MQTTSourceConnector");
            settings.put("tasks.max", "1");
            settings.put("value.converter", "org.apache.kafka.connect.storage.StringConverter");
            settings.put("kafka.topic", ConnectCluster.TOPIC);
            settings.put("mqtt.topic", "numbers/#");
            settings.put("mqtt.broker", cluster.proxy.uri().replace("mqtt:", "tcp:"));
            settings.put("mqtt.clientID", "source-0");
            settings.put("mqtt.cleanSession", "false");
            settings.put("mqtt.qos", "2");
            settings.put("mqtt.keepAliveInterval", "2");
            settings.put("mqtt.automaticReconnect", "true");
            return settings;
        }
    };

    /** The module of {@code interop/java} that its workers run. */
    String release() {
        return ConnectCluster.SAME_RELEASE;
    }

    /** A folder for the workers' {@code plugin.path}. */
    abstract Path plugins(Path folder) throws IOException, InterruptedException;

    /**
     * The settings of a source that reads {@code numbers/#} through the proxy.
     *
     * @param shared whether its tasks share one subscription
     */
    abstract Map<String, String> source(ConnectCluster cluster, boolean shared, int tasks, int receiveMaximum);

    /** The name on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
