package io.godwit.streams;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * What a stream is made of.
 *
 * @param buffer how many messages of QoS 0 may wait
 * @param executor where subscribers are called
 * @param dropped called for each message that the subscriber will not get
 */
record StreamSettings(
        MqttClient client, TopicSubscription subscription, int buffer, Executor executor, Consumer<Message> dropped) {}
