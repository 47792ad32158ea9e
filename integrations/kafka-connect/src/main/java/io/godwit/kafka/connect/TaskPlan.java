package io.godwit.kafka.connect;

import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.RetainHandling;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.util.ArrayList;
import java.util.List;

/**
 * How the tasks of a connector share its topic filters.
 *
 * @param tasks how many there are
 * @param shared whether each subscribes to all filters through one shared subscription; otherwise each has its part of them
 */
record TaskPlan(int tasks, boolean shared) {
    /**
     * The plan for at most so many tasks.
     *
     * @param offered whether the broker's CONNACK offers shared subscriptions
     */
    static TaskPlan of(SourceConfig config, int maximum, boolean offered) {
        int filters = config.getList(SourceConfig.TOPICS).size();
        boolean shared = maximum > 1
                && switch (config.getString(SourceConfig.SHARED)) {
                    case "always" -> true;
                    case "never" -> false;
                    default ->
                        offered && config.getString(SourceConfig.RETAINED).equals("none");
                };
        return shared ? new TaskPlan(maximum, true) : new TaskPlan(Math.min(maximum, filters), false);
    }

    /** Whether the broker has to be asked for the plan. */
    static boolean dependsOnBroker(SourceConfig config) {
        return config.getString(SourceConfig.SHARED).equals("auto")
                && config.getString(SourceConfig.RETAINED).equals("none")
                && ConnectionConfig.version(config) == ProtocolVersion.V5;
    }

    /** The subscriptions of one task. */
    List<TopicSubscription> subscriptions(SourceConfig config, String connector, int task) {
        RetainHandling retained = switch (config.getString(SourceConfig.RETAINED)) {
            case "all" -> RetainHandling.SEND;
            case "new" -> RetainHandling.SEND_IF_NEW;
            default -> RetainHandling.DO_NOT_SEND;
        };
        List<String> filters = config.getList(SourceConfig.TOPICS);
        List<TopicSubscription> own = new ArrayList<>();
        for (int i = 0; i < filters.size(); i++) {
            if (shared || i % tasks == task) {
                String filter =
                        shared ? "$share/" + config.shareName(connector) + "/" + filters.get(i) : filters.get(i);
                own.add(new TopicSubscription(TopicFilter.of(filter), config.qos(), false, false, retained));
            }
        }
        return own;
    }
}
