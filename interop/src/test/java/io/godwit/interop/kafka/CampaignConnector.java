package io.godwit.interop.kafka;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** A source connector that the campaign can try: ours, or another that {@code interop/connector} fetches. */
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

    /** As durable as its settings allow: a fixed client identifier, a session that is kept, QoS 2. It has one task. */
    CAMEL {
        @Override
        Path plugins(Path folder) throws IOException, InterruptedException {
            Path plugins = Files.createDirectories(folder.resolve("plugins"));
            Process fetch = new ProcessBuilder(
                            "bash", ServerScript.SCRIPTS.resolve("connector").toString(), "camel", plugins.toString())
                    .inheritIO()
                    .start();
            if (fetch.waitFor() != 0) {
                throw new IOException("interop/connector camel failed; see above");
            }
            return plugins;
        }

        @Override
        Map<String, String> source(ConnectCluster cluster, boolean shared, int tasks, int receiveMaximum) {
            Map<String, String> settings = new HashMap<>();
            settings.put(
                    "connector.class", "org.apache.camel.kafkaconnector.mqtt5source.CamelMqtt5sourceSourceConnector");
            settings.put("tasks.max", "1");
            settings.put("topics", ConnectCluster.TOPIC);
            settings.put("camel.kamelet.mqtt5-source.topic", "numbers/#");
            settings.put(
                    "camel.kamelet.mqtt5-source.brokerUrl", cluster.proxy.uri().replace("mqtt:", "tcp:"));
            settings.put("camel.kamelet.mqtt5-source.clientId", "source-0");
            settings.put("camel.component.paho-mqtt5.clean-start", "false");
            settings.put("camel.component.paho-mqtt5.session-expiry-interval", "86400");
            settings.put("camel.component.paho-mqtt5.receive-maximum", String.valueOf(receiveMaximum));
            settings.put("camel.component.paho-mqtt5.qos", "2");
            settings.put("camel.component.paho-mqtt5.keep-alive-interval", "2");
            settings.put("camel.component.paho-mqtt5.automatic-reconnect", "true");
            settings.put("camel.component.paho-mqtt5.max-reconnect-delay", "1000");
            return settings;
        }
    };

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
