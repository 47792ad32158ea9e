package io.godwit.benchmarks.paho;

import io.godwit.benchmarks.Echo;
import io.godwit.benchmarks.Endpoint;
import io.godwit.benchmarks.Link;
import io.godwit.benchmarks.PublishLoad;
import io.godwit.benchmarks.ReceiveLoad;
import io.godwit.benchmarks.Traffic;
import java.nio.file.Path;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttClientPersistence;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.client.persist.MqttDefaultFilePersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** The asynchronous client for MQTT 5; the blocking one waits for each message. */
final class Paho5Link implements Link {

    private static final long PATIENCE_MILLIS = 10_000;
    private static final int MOST_RECEIVE_MAXIMUM = 65_535;

    private final MqttAsyncClient client;

    private Paho5Link(MqttAsyncClient client) {
        this.client = client;
    }

    static Paho5Link connect(Endpoint endpoint) throws MqttException {
        // The default persistence, which writes a file per message, is for the durable scenario only.
        Path store = endpoint.store();
        MqttClientPersistence persistence =
                store == null ? new MemoryPersistence() : new MqttDefaultFilePersistence(store.toString());
        MqttAsyncClient client = new MqttAsyncClient(
                (endpoint.webSocket() ? "ws://" : "tcp://") + endpoint.host() + ":" + endpoint.port(),
                endpoint.clientId(),
                persistence);
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setCleanStart(store == null);
        options.setKeepAliveInterval(0);
        options.setAutomaticReconnect(endpoint.reconnects());
        // In MQTT 5 the window is the broker's Receive Maximum, which the peer leaves at its default.
        options.setReceiveMaximum(MOST_RECEIVE_MAXIMUM);
        client.connect(options).waitForCompletion(PATIENCE_MILLIS);
        return new Paho5Link(client);
    }

    @Override
    public void publish(PublishLoad load) throws MqttException {
        MqttActionListener done = new MqttActionListener() {
            @Override
            public void onSuccess(IMqttToken token) {
                load.completed();
            }

            @Override
            public void onFailure(IMqttToken token, Throwable cause) {
                load.failed(cause);
            }
        };
        while (load.acquire()) {
            client.publish(load.topic(), new MqttMessage(load.payload(), load.qos(), false, null), null, done);
        }
    }

    @Override
    public void receive(String filter, int qos, ReceiveLoad load) throws MqttException {
        client.setCallback(new Received() {
            @Override
            public void messageArrived(String topic, MqttMessage message) {
                load.received(message.getPayload().length);
            }
        });
        client.subscribe(filter, qos);
    }

    @Override
    public void echo(String topic, byte[] payload, Echo echo) throws MqttException {
        client.setCallback(new Received() {
            @Override
            public void messageArrived(String arrived, MqttMessage message) throws Exception {
                if (echo.arrived()) {
                    client.publish(topic, payload, 0, false);
                }
            }
        });
        client.subscribe(topic, 0).waitForCompletion(PATIENCE_MILLIS);
        client.publish(topic, payload, 0, false);
    }

    @Override
    public void deliver(String topic, int qos, Traffic traffic) throws MqttException {
        client.setCallback(new Received() {
            @Override
            public void messageArrived(String arrived, MqttMessage message) {
                traffic.arrived(message.getPayload());
            }
        });
        client.subscribe(topic, qos).waitForCompletion(PATIENCE_MILLIS);
    }

    @Override
    public void send(String topic, int qos, Traffic traffic) throws MqttException {
        for (byte[] payload = traffic.next(); payload != null; payload = traffic.next()) {
            client.publish(topic, payload, qos, false);
        }
    }

    @Override
    public void publishOne(String topic, byte[] payload) throws MqttException {
        client.publish(topic, payload, 1, false).waitForCompletion(PATIENCE_MILLIS);
    }

    @Override
    public boolean connected() {
        return client.isConnected();
    }

    @Override
    public void close() throws MqttException {
        client.disconnect().waitForCompletion(PATIENCE_MILLIS);
        client.close();
    }

    /** The callback without the methods that no scenario needs. */
    private abstract static class Received implements MqttCallback {

        @Override
        public void disconnected(MqttDisconnectResponse response) {
            System.err.println("disconnected: " + response);
        }

        @Override
        public void mqttErrorOccurred(MqttException exception) {
            exception.printStackTrace();
        }

        @Override
        public void deliveryComplete(IMqttToken token) {
            // counted by the listener of each publish
        }

        @Override
        public void connectComplete(boolean reconnect, String serverUri) {
            // connect() waits for it
        }

        @Override
        public void authPacketArrived(int reasonCode, MqttProperties properties) {
            // no authentication here
        }
    }
}
