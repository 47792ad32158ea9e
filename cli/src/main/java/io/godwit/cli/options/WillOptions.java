package io.godwit.cli.options;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Qos;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The message that the broker publishes when the connection is lost. */
public final class WillOptions {
    @Option(order = 1, names = "--will-topic", paramLabel = "TOPIC", description = "The topic of the will.")
    private @Nullable String topic;

    @Option(order = 1, names = "--will-payload", paramLabel = "TEXT", description = "The payload of the will. [empty]")
    private @Nullable String payload;

    @Option(
            order = 1,
            names = "--will-qos",
            paramLabel = "QOS",
            completionCandidates = Candidates.ZeroToTwo.class,
            converter = QosConverter.class,
            description = "The QoS of the will. [0]")
    private Qos qos = Qos.AT_MOST_ONCE;

    @Option(order = 1, names = "--will-retain", description = "Publish the will as a retained message.")
    private boolean retain;

    /** The will, or null if there is none. */
    @Nullable
    Message will(MqttProperties properties) {
        if (topic == null) {
            if (payload != null || retain || qos != Qos.AT_MOST_ONCE || !properties.isEmpty()) {
                throw new IllegalArgumentException("a will needs a topic: add --will-topic");
            }
            return null;
        }
        byte[] bytes = payload == null ? new byte[0] : RawText.bytes(payload);
        return new Message(topic, bytes, qos, retain, properties);
    }
}
