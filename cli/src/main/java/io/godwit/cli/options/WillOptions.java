package io.godwit.cli.options;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Qos;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The message that the broker publishes when this client is gone without a word. */
public final class WillOptions {
    @Option(names = "--will-topic", paramLabel = "TOPIC", description = "The topic of the will.")
    private @Nullable String topic;

    @Option(names = "--will-payload", paramLabel = "TEXT", description = "What the will says; nothing unless set.")
    private @Nullable String payload;

    @Option(
            names = "--will-qos",
            paramLabel = "QOS",
            converter = QosConverter.class,
            description = "QoS of the will; 0 unless set.")
    private Qos qos = Qos.AT_MOST_ONCE;

    @Option(names = "--will-retain", description = "The broker keeps the will for later subscribers.")
    private boolean retain;

    /** The will, or null when none is asked for. */
    @Nullable
    Message will(MqttProperties properties) {
        if (topic == null) {
            if (payload != null || retain || qos != Qos.AT_MOST_ONCE || !properties.isEmpty()) {
                throw new IllegalArgumentException("a will needs a topic: --will-topic");
            }
            return null;
        }
        byte[] bytes = payload == null ? new byte[0] : payload.getBytes(StandardCharsets.UTF_8);
        return new Message(topic, bytes, qos, retain, properties);
    }
}
