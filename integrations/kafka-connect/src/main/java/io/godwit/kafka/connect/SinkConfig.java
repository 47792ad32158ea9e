package io.godwit.kafka.connect;

import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;

/** The settings of the sink connector. */
final class SinkConfig extends AbstractConfig {
    static final String TOPIC = "mqtt.topic";
    static final String QOS = "mqtt.qos";
    static final String RETAIN = "mqtt.retain";
    static final String EXPIRY = "mqtt.message.expiry.seconds";
    static final String CONTENT_TYPE = "mqtt.content.type";
    static final String PREFIX = "headers.prefix";
    static final String IN_FLIGHT = "max.in.flight";
    static final String NULL_VALUES = "behavior.on.null.values";
    static final String BACKOFF = "retry.backoff.ms";

    /** Set by the connector, for its tasks. */
    static final String TASK = "godwit.task.number";

    static final Set<String> KINDS = Set.of("topic", "key", "partition", "header:", "json:");

    private static final ConfigDef DEF = define();

    SinkConfig(Map<String, String> properties) {
        super(DEF, properties, false);
    }

    static ConfigDef definition() {
        return DEF;
    }

    private static ConfigDef define() {
        ConfigDef def = new ConfigDef();
        ConnectionConfig.define(def);
        ConnectionConfig.Settings to = new ConnectionConfig.Settings(def, "Messages");
        to.add(
                TOPIC,
                Type.STRING,
                ConfigDef.NO_DEFAULT_VALUE,
                Validators.requiredTemplate(KINDS, "commands/{key}"),
                Importance.HIGH,
                """
                The topic of the message, a template: {topic} is Kafka's topic, {key} the key, {partition} the partition,\
                 {header:name} a header, {json:/a/b} a field of the value. {key|none} has a default. A value that is missing\
                 makes the record a bad one.""");
        to.add(QOS, Type.INT, 1, Range.between(0, 2), Importance.HIGH, """
                The QoS, unless the header qos says otherwise. At 0 a message counts as delivered once it is written.""");
        to.add(RETAIN, Type.BOOLEAN, false, null, Importance.MEDIUM, """
                The retain flag, unless the header retain says otherwise.""");
        to.add(EXPIRY, Type.LONG, -1L, Range.between(-1, 4_294_967_295L), Importance.LOW, """
                The message expiry in seconds, unless the header message.expiry says otherwise; -1: none. MQTT 5.""");
        to.add(CONTENT_TYPE, Type.STRING, "", null, Importance.LOW, """
                The content type, unless the header content.type says otherwise; empty: none. MQTT 5.""");
        to.add(PREFIX, Type.STRING, "mqtt.", null, Importance.LOW, """
                What the names of the headers begin with that set fields of the message: qos, retain, message.expiry,\
                 content.type, response.topic, correlation.data, user.NAME. The source writes the same.""");
        to.add(NULL_VALUES, Type.STRING, "ignore", Validators.oneOf("ignore", "publish"), Importance.MEDIUM, """
                What becomes of a record without value: ignore, or publish an empty message, which with the retain flag\
                 removes what the broker has retained.""");
        to.add(IN_FLIGHT, Type.INT, 1000, Range.between(1, 65_535), Importance.MEDIUM, """
                How many publishes may wait for the broker's acknowledgement; beyond that the consumer is paused. Over MQTT\
                 3.1.1 at most 1,024 of them are on their way at a time, and 20 of QoS 2; the others wait in the task.""");
        to.add(BACKOFF, Type.LONG, 1000L, Range.between(10, 3_600_000), Importance.LOW, """
                How many milliseconds to wait before records are tried again that the broker could not take; meanwhile the\
                 task publishes nothing.""");
        return def;
    }

    Template topic() {
        return Template.parse(getString(TOPIC), KINDS);
    }
}
