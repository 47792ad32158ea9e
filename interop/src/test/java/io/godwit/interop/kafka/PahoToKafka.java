package io.godwit.interop.kafka;

import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/**
 * What one would write by hand: Paho clients with one shared subscription, and a producer in whose callback a message is
 * acknowledged. For comparison in {@link KafkaScale}; it has no rebalancing, headers, templates or bounds in bytes.
 */
final class PahoToKafka {
    private PahoToKafka() {}

    /** @param arguments broker, Kafka's address, topic, number of clients, receive maximum */
    public static void main(String[] arguments) throws Exception {
        KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", arguments[1], "acks", "all"),
                new StringSerializer(),
                new ByteArraySerializer());
        for (int i = 0; i < Integer.parseInt(arguments[3]); i++) {
            connect(arguments[0], arguments[2], i, Integer.parseInt(arguments[4]), producer);
        }
        System.out.println("ready");
        Thread.sleep(Long.MAX_VALUE);
    }

    private static void connect(
            String broker, String topic, int number, int receiveMaximum, KafkaProducer<String, byte[]> producer)
            throws MqttException {
        MqttAsyncClient client =
                new MqttAsyncClient(broker.replace("mqtt:", "tcp:"), "paho-" + number, new MemoryPersistence());
        client.setManualAcks(true);
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setReceiveMaximum(receiveMaximum);
        client.connect(options).waitForCompletion();
        // A listener of a subscription would not do: Paho does not find it for a shared one.
        client.setCallback(new Callback(client, topic, producer));
        client.subscribe(new MqttSubscription("$share/paho/numbers/#", 1)).waitForCompletion();
    }

    /** Gives each message to the producer, and acknowledges it when Kafka has it. */
    private record Callback(MqttAsyncClient client, String topic, KafkaProducer<String, byte[]> producer)
            implements MqttCallback {
        @Override
        public void messageArrived(String mqttTopic, MqttMessage message) {
            producer.send(new ProducerRecord<>(topic, mqttTopic, message.getPayload()), (metadata, failure) -> {
                if (failure == null) {
                    try {
                        client.messageArrivedComplete(message.getId(), message.getQos());
                    } catch (MqttException e) {
                        System.err.println("not acknowledged: " + e);
                    }
                }
            });
        }

        @Override
        public void disconnected(MqttDisconnectResponse response) {
            System.err.println("disconnected: " + response);
        }

        @Override
        public void mqttErrorOccurred(MqttException exception) {
            System.err.println(exception.toString());
        }

        @Override
        public void deliveryComplete(IMqttToken token) {}

        @Override
        public void connectComplete(boolean reconnect, String server) {}

        @Override
        public void authPacketArrived(int reasonCode, MqttProperties properties) {}
    }
}
