package io.godwit.mqtt.store;

import io.godwit.mqtt.client.store.StoredSession.StoredSubscription;
import io.godwit.mqtt.codec.PacketCodec;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Subscribe;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * A subscription in the log: a SUBSCRIBE packet of MQTT 5 with one topic filter, whatever version the client speaks, so
 * that no option or property is lost. Its packet identifier is always 1.
 */
final class SubscriptionBytes {
    private static final int IDENTIFIER = 1;

    private SubscriptionBytes() {}

    static void write(ByteBuf log, TopicSubscription subscription, MqttProperties properties) {
        PacketCodec.write(new Subscribe(IDENTIFIER, List.of(subscription), properties), ProtocolVersion.V5, log);
    }

    /** Reads the packet that fills the rest of the buffer. */
    static StoredSubscription read(ByteBuf log) {
        Subscribe packet = (Subscribe) MessageBytes.packet(log);
        return new StoredSubscription(packet.subscriptions().get(0), packet.properties());
    }
}
