package io.godwit.benchmarks.paho;

import io.godwit.benchmarks.Echo;
import io.godwit.benchmarks.Endpoint;
import io.godwit.benchmarks.Link;
import io.godwit.benchmarks.PublishLoad;
import io.godwit.benchmarks.ReceiveLoad;
import io.godwit.benchmarks.Traffic;
import java.nio.file.Path;
import org.eclipse.paho.client.mqttv3.IMqttActionListener;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.IMqttToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttClientPersistence;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.eclipse.paho.client.mqttv3.persist.MqttDefaultFilePersistence;

/** The asynchronous client for 3.1.1; the blocking one waits for each message. */
final class Paho3Link implements Link {

    private static final long PATIENCE_MILLIS = 10_000;

    private final MqttAsyncClient client;

    private Paho3Link(MqttAsyncClient client) {
        this.client = client;
    }

    static Paho3Link connect(Endpoint endpoint) throws MqttException {
        // The default persistence, which writes a file per message, is for the durable scenario only.
        Path store = endpoint.store();
        MqttClientPersistence persistence =
                store == null ? new MemoryPersistence() : new MqttDefaultFilePersistence(store.toString());
        MqttAsyncClient client = new MqttAsyncClient(
                (endpoint.webSocket() ? "ws://" : "tcp://") + endpoint.host() + ":" + endpoint.port(),
                endpoint.clientId(),
                persistence);
        MqttConnectOptions options = new MqttConnectOptions();
        options.setCleanSession(store == null);
        options.setKeepAliveInterval(0);
        options.setAutomaticReconnect(endpoint.reconnects());
        // The default of 10 would be the limit. An action is reported as done before its place in the window is free,
        // hence more than the window of the harness; at QoS 0 too, where Paho counts what is not yet written.
        options.setMaxInflight(4 * endpoint.window());
        client.connect(options).waitForCompletion(PATIENCE_MILLIS);
        return new Paho3Link(client);
    }

    @Override
    public void publish(PublishLoad load) throws MqttException {
        IMqttActionListener done = new IMqttActionListener() {
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
            client.publish(load.topic(), load.payload(), load.qos(), false, null, done);
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
            public void messageArrived(String arrived, MqttMessage message) throws MqttException {
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
        // No time for quiescing: nothing is in flight.
        client.disconnect(0).waitForCompletion(PATIENCE_MILLIS);
        client.close();
    }

    /** The callback without the two methods that no scenario needs. */
    private abstract static class Received implements MqttCallback {

        @Override
        public void connectionLost(Throwable cause) {
            cause.printStackTrace();
        }

        @Override
        public void deliveryComplete(IMqttDeliveryToken token) {
            // counted by the listener of each publish
        }
    }
}
