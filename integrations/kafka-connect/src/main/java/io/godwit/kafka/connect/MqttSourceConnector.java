package io.godwit.kafka.connect;

import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttConnectException;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.protocol.Property;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies messages from an MQTT broker to Kafka, at least once: a message is acknowledged to the MQTT broker when Kafka has its
 * record. Its tasks share the load through a shared subscription, or else divide the topic filters.
 */
public final class MqttSourceConnector extends SourceConnector {
    private static final Logger LOG = LoggerFactory.getLogger(MqttSourceConnector.class);

    /** The key of a source partition: the session that a message came from. */
    static final String CLIENT = "client.id";

    /** So many client identifiers above those in use are looked at for sessions that were left behind. */
    private static final int RETIRED_LOOKED_AT = 128;

    // Worker's thread only.
    private Map<String, String> properties = Map.of();
    private @Nullable Boolean sharedOffered;

    /** For Connect, by reflection. */
    public MqttSourceConnector() {}

    @Override
    public String version() {
        return Versions.current();
    }

    @Override
    public ConfigDef config() {
        return SourceConfig.definition();
    }

    @Override
    public Class<? extends Task> taskClass() {
        return MqttSourceTask.class;
    }

    @Override
    public void start(Map<String, String> props) {
        properties = Map.copyOf(props);
        SourceConfig config = new SourceConfig(properties);
        sharedOffered = null;
        if (!TaskPlan.dependsOnBroker(config) || "1".equals(props.get("tasks.max"))) {
            sharedOffered = false;
            return;
        }
        try {
            ask(config);
        } catch (MqttException e) {
            LOG.warn("cannot ask the broker for shared subscriptions yet: {}", e.getMessage());
        }
    }

    /** What CONNACK says of shared subscriptions; absent means that they are available (MQTT 5, section 3.2.2.3.13). */
    private boolean ask(SourceConfig config) {
        ConnectResult result = ConnectionCheck.connect(config, name());
        boolean offered = result.properties().getOr(Property.SHARED_SUBSCRIPTION_AVAILABLE, 1) == 1;
        sharedOffered = offered;
        return offered;
    }

    private String name() {
        return Objects.requireNonNull(properties.get("name"), "the connector has no name");
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        SourceConfig config = new SourceConfig(properties);
        boolean offered;
        try {
            offered = sharedOffered != null ? sharedOffered : ask(config);
        } catch (MqttConnectException e) {
            // Connect asks again, and meanwhile leaves the tasks as they are.
            throw new ConnectException(
                    "cannot divide the work among tasks before the broker says whether it has shared subscriptions. "
                            + ConnectionCheck.describe(e.failure()) + " Or set " + SourceConfig.SHARED,
                    e);
        }
        TaskPlan plan = TaskPlan.of(config, maxTasks, offered);
        if (plan.tasks() < maxTasks) {
            LOG.warn(
                    "{}: {} task(s) of at most {}, since {} and there are {} topic filter(s) to divide",
                    name(),
                    plan.tasks(),
                    maxTasks,
                    config.getString(SourceConfig.RETAINED).equals("none")
                            ? "the broker offers no shared subscriptions, or they are off,"
                            : "brokers send no retained messages for shared subscriptions,",
                    config.getList(SourceConfig.TOPICS).size());
        }
        List<Integer> retired = retired(config, plan.tasks());
        List<Map<String, String>> configs = new ArrayList<>();
        for (int task = 0; task < plan.tasks(); task++) {
            int number = task;
            Map<String, String> each = new HashMap<>(properties);
            each.put(SourceConfig.TASK, Integer.toString(task));
            each.put(SourceConfig.TASKS, Integer.toString(plan.tasks()));
            each.put(SourceConfig.IS_SHARED, Boolean.toString(plan.shared()));
            each.put(
                    SourceConfig.RETIRED,
                    retired.stream()
                            .filter(old -> old % plan.tasks() == number)
                            .map(String::valueOf)
                            .collect(Collectors.joining(",")));
            configs.add(each);
        }
        return configs;
    }

    /** The numbers of tasks that there were once, and are no longer. */
    private List<Integer> retired(SourceConfig config, int tasks) {
        List<Map<String, String>> partitions = new ArrayList<>();
        for (int task = tasks; task < tasks + RETIRED_LOOKED_AT; task++) {
            partitions.add(partition(ConnectionConfig.clientId(config, name(), task)));
        }
        Map<Map<String, String>, Map<String, Object>> offsets =
                context().offsetStorageReader().offsets(partitions);
        List<Integer> found = new ArrayList<>();
        for (int i = 0; i < partitions.size(); i++) {
            if (offsets.get(partitions.get(i)) != null) {
                found.add(tasks + i);
            }
        }
        return found;
    }

    static Map<String, String> partition(String clientId) {
        return Map.of(CLIENT, clientId);
    }

    @Override
    public void stop() {}

    @Override
    public Config validate(Map<String, String> connectorConfigs) {
        Config result = super.validate(connectorConfigs);
        SettingErrors errors = new SettingErrors(result.configValues());
        if (errors.isEmpty()) {
            SourceConfig config = new SourceConfig(connectorConfigs);
            ConnectionConfig.check(config, errors);
            checkTogether(config, errors);
            if (errors.isEmpty() && config.getBoolean(ConnectionConfig.CHECK)) {
                ConnectionCheck.check(config, connectorConfigs.getOrDefault("name", "godwit"), errors);
            }
        }
        return result;
    }

    private static void checkTogether(SourceConfig config, SettingErrors errors) {
        if (config.getString(SourceConfig.SHARED).equals("always")
                && !config.getString(SourceConfig.RETAINED).equals("none")) {
            errors.add(
                    SourceConfig.RETAINED,
                    "is set, but brokers send no retained messages for a shared subscription: use "
                            + SourceConfig.SHARED + "=never or " + SourceConfig.RETAINED + "=none");
        }
        for (String setting : List.of(SourceConfig.TOPIC, SourceConfig.KEY, SourceConfig.DEDUPLICATION)) {
            if (config.template(setting).uses("group")
                    && config.getString(SourceConfig.REGEX).isEmpty()) {
                errors.add(setting, "uses {group:...} without a regular expression: set " + SourceConfig.REGEX);
            }
        }
    }

    /**
     * Never exactly once: the acknowledgement to the MQTT broker and Kafka's transaction cannot be committed together, so
     * after a crash between both the broker sends messages again that Kafka has.
     */
    @Override
    public ExactlyOnceSupport exactlyOnceSupport(Map<String, String> connectorConfig) {
        return ExactlyOnceSupport.UNSUPPORTED;
    }

    /**
     * A reset of the offsets ends the sessions at the broker, with what they hold. Offsets cannot be set to other values: the
     * position is the broker's.
     */
    @Override
    public boolean alterOffsets(Map<String, String> connectorConfig, Map<Map<String, ?>, Map<String, ?>> offsets) {
        if (offsets.values().stream().anyMatch(Objects::nonNull)) {
            throw new ConnectException("the offsets of this connector cannot be set, since the MQTT broker holds the"
                    + " position; a reset (DELETE) ends its sessions at the broker");
        }
        SourceConfig config = new SourceConfig(connectorConfig);
        for (Map<String, ?> partition : offsets.keySet()) {
            Object clientId = partition.get(CLIENT);
            if (clientId != null) {
                try (MqttClient client = ConnectionConfig.builder(config, clientId.toString())
                        .cleanSession(true)
                        .reconnect(Reconnect.never())
                        .build()) {
                    client.connect();
                } catch (MqttException e) {
                    throw new ConnectException("could not end the session of " + clientId + ": " + e.getMessage(), e);
                }
            }
        }
        return true;
    }
}
