package io.godwit.kafka.connect;

import io.godwit.mqtt.protocol.Qos;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;

/** The settings of the source connector. */
final class SourceConfig extends AbstractConfig {
    static final String TOPICS = "mqtt.topics";
    static final String QOS = "mqtt.qos";
    static final String SHARED = "mqtt.shared.subscription";
    static final String SHARE_NAME = "mqtt.shared.subscription.name";
    static final String SESSION_EXPIRY = "mqtt.session.expiry.seconds";
    static final String RECEIVE_MAXIMUM = "mqtt.receive.maximum";
    static final String BUFFER_BYTES = "buffer.max.bytes";
    static final String RETAINED = "mqtt.retained";
    static final String TOPIC = "kafka.topic";
    static final String REGEX = "mqtt.topic.regex";
    static final String KEY = "kafka.key";
    static final String FORMAT = "value.format";
    static final String SCHEMAS = "value.json.schemas.enable";
    static final String PREFIX = "headers.prefix";
    static final String DEDUPLICATION = "deduplication.key";
    static final String DEAD_LETTERS = "dead.letter.topic";
    static final String BATCH = "batch.max.records";

    /** Set by the connector, for its tasks. */
    static final String TASK = "godwit.task.number";

    static final String TASKS = "godwit.task.count";
    static final String IS_SHARED = "godwit.task.shared";
    static final String RETIRED = "godwit.task.retired";

    static final Set<String> KINDS = Set.of(Template.LEVEL, "topic", "group:", "user:", "json:", "hash");

    private static final ConfigDef DEF = define();

    SourceConfig(Map<String, String> properties) {
        super(DEF, properties, false);
    }

    static ConfigDef definition() {
        return DEF;
    }

    private static ConfigDef define() {
        ConfigDef def = new ConfigDef();
        ConnectionConfig.define(def);
        defineSubscription(new ConnectionConfig.Settings(def, "Subscription"));
        defineRecords(new ConnectionConfig.Settings(def, "Records"));
        return def;
    }

    private static void defineSubscription(ConnectionConfig.Settings to) {
        to.add(TOPICS, Type.LIST, ConfigDef.NO_DEFAULT_VALUE, Validators.filters(), Importance.HIGH, """
                The topic filters to subscribe to, separated by commas, such as sensors/+/temperature.""");
        to.add(QOS, Type.INT, 1, Range.between(0, 2), Importance.HIGH, """
                The highest QoS at which the broker sends. At 0 nothing is acknowledged, and messages can be lost.""");
        to.add(SHARED, Type.STRING, "auto", Validators.oneOf("auto", "always", "never"), Importance.MEDIUM, """
                How several tasks share the load. auto: by a shared subscription if the broker's CONNACK offers it, which\
                 takes MQTT 5, else the filters are divided among the tasks. always: by a shared subscription; for brokers\
                 that have it on MQTT 3.1.1. never: the filters are divided.""");
        to.add(SHARE_NAME, Type.STRING, "", null, Importance.LOW, """
                The share name. Empty: the name of the connector, with '_' for '/', '+' and '#'.""");
        to.add(SESSION_EXPIRY, Type.LONG, 86_400L, Range.between(60, 4_294_967_295L), Importance.MEDIUM, """
                How many seconds the broker keeps the session of a task that is not connected; MQTT 5. Longer than any\
                 rebalance or outage of the workers; 4294967295: forever.""");
        to.add(RECEIVE_MAXIMUM, Type.INT, 1000, Range.between(1, 65_535), Importance.MEDIUM, """
                How many messages each task has that Kafka does not have yet, at most; announced to the broker with MQTT 5. Bounds\
                 memory, and how many duplicates a fault can cause. Smaller: fewer duplicates; larger: more messages a second.""");
        to.add(BUFFER_BYTES, Type.LONG, 64L * 1024 * 1024, Range.atLeast(1), Importance.LOW, """
                How many bytes of messages each task holds until Kafka has them; beyond that it stops reading.""");
        to.add(RETAINED, Type.STRING, "none", Validators.oneOf("none", "new", "all"), Importance.MEDIUM, """
                Which retained messages of the broker become records. none; new: at a subscription that the session did not\
                 have; all: at each start of a task too. Brokers send them for a shared subscription never, so with new and\
                 all the connector divides the filters instead.""");
    }

    private static void defineRecords(ConnectionConfig.Settings to) {
        to.add(
                TOPIC,
                Type.STRING,
                ConfigDef.NO_DEFAULT_VALUE,
                Validators.requiredTemplate(KINDS, "mqtt.{1}"),
                Importance.HIGH,
                """
                The topic of the record, a template: {topic} is the MQTT topic, {1} its first level, {group:name} a group\
                 of mqtt.topic.regex, {user:name} a user property, {json:/a/b} a value of the JSON payload. {1|none} has a\
                 default. Of placeholders '/' becomes '.', and what Kafka forbids '_'.""");
        to.add(REGEX, Type.STRING, "", Validators.regularExpression(), Importance.LOW, """
                A regular expression that the whole MQTT topic has to match for {group:1} or {group:name}.""");
        to.add(KEY, Type.STRING, "{topic}", Validators.template(KINDS), Importance.MEDIUM, """
                The key of the record, a template as kafka.topic, plus {hash}. Empty, or a value is missing: no key. Records\
                 of one key keep their order.""");
        to.add(FORMAT, Type.STRING, "bytes", Validators.oneOf("bytes", "string", "json"), Importance.MEDIUM, """
                What the value is for converters and transformations: the payload's bytes, a string (UTF-8), or parsed\
                 JSON.""");
        to.add(SCHEMAS, Type.BOOLEAN, false, null, Importance.LOW, """
                With value.format=json: whether the payload is Connect's envelope of schema and payload.""");
        to.add(PREFIX, Type.STRING, "mqtt.", null, Importance.LOW, """
                What the names of headers begin with: topic, qos, retain, duplicate, received.at, content.type,\
                 response.topic, correlation.data, message.expiry, user.NAME.""");
        to.add(DEDUPLICATION, Type.STRING, "", Validators.template(KINDS), Importance.LOW, """
                The header deduplication.key, a template as kafka.key, such as {user:message-id|} or {hash}, the SHA-256 of\
                 topic and payload. Empty: none.""");
        to.add(DEAD_LETTERS, Type.STRING, "", Validators.kafkaTopicOrEmpty(), Importance.MEDIUM, """
                With errors.tolerance=all: the topic for messages of which no record can be made, as bytes with the reason\
                 in headers. Empty: they are logged and acknowledged.""");
        to.add(BATCH, Type.INT, 1000, Range.between(1, 100_000), Importance.LOW, """
                How many records a task hands over to Connect at a time, at most.""");
    }

    Qos qos() {
        return Qos.of(getInt(QOS));
    }

    Duration sessionExpiry() {
        return Duration.ofSeconds(getLong(SESSION_EXPIRY));
    }

    String shareName(String connector) {
        String name = getString(SHARE_NAME);
        return (name.isEmpty() ? connector : name).replaceAll("[/+#]", "_");
    }

    Template template(String name) {
        return Template.parse(getString(name), KINDS);
    }
}
