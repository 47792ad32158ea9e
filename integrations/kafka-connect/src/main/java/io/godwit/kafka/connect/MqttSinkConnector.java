package io.godwit.kafka.connect;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;

/**
 * Publishes records of Kafka to an MQTT broker, at least once: an offset is committed when the broker has acknowledged the
 * messages before it. Records of one partition, and so of one key, keep their order.
 */
public final class MqttSinkConnector extends SinkConnector {
    // Worker's thread only.
    private Map<String, String> properties = Map.of();

    /** For Connect, by reflection. */
    public MqttSinkConnector() {}

    @Override
    public String version() {
        return Versions.current();
    }

    @Override
    public ConfigDef config() {
        return SinkConfig.definition();
    }

    @Override
    public Class<? extends Task> taskClass() {
        return MqttSinkTask.class;
    }

    @Override
    public void start(Map<String, String> props) {
        properties = Map.copyOf(props);
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        List<Map<String, String>> configs = new ArrayList<>();
        for (int task = 0; task < maxTasks; task++) {
            Map<String, String> each = new HashMap<>(properties);
            each.put(SinkConfig.TASK, Integer.toString(task));
            configs.add(each);
        }
        return configs;
    }

    @Override
    public void stop() {}

    @Override
    public Config validate(Map<String, String> connectorConfigs) {
        Config result = super.validate(connectorConfigs);
        SettingErrors errors = new SettingErrors(result.configValues());
        if (errors.isEmpty()) {
            SinkConfig config = new SinkConfig(connectorConfigs);
            ConnectionConfig.check(config, errors);
            if (errors.isEmpty() && config.getBoolean(ConnectionConfig.CHECK)) {
                ConnectionCheck.check(config, connectorConfigs.getOrDefault("name", "godwit"), errors);
            }
        }
        return result;
    }
}
