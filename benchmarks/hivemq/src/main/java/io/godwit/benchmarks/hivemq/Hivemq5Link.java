package io.godwit.benchmarks.hivemq;

import com.hivemq.client.mqtt.MqttClientBuilder;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import io.godwit.benchmarks.Echo;
import io.godwit.benchmarks.Endpoint;
import io.godwit.benchmarks.Link;
import io.godwit.benchmarks.PublishLoad;
import io.godwit.benchmarks.ReceiveLoad;
import io.godwit.benchmarks.Traffic;
import io.reactivex.Flowable;
import java.util.concurrent.TimeUnit;

/**
 * The client for MQTT 5. Publishing is measured through both of its fast interfaces: futures ("publish=async") and the
 * stream of the reactive one ("publish=rx").
 */
final class Hivemq5Link implements Link {

    private static final int PATIENCE_SECONDS = 10;

    private final Mqtt5AsyncClient client;
    private final Endpoint endpoint;

    private Hivemq5Link(Mqtt5AsyncClient client, Endpoint endpoint) {
        this.client = client;
        this.endpoint = endpoint;
    }

    static Hivemq5Link connect(MqttClientBuilder builder, Endpoint endpoint) throws Exception {
        Mqtt5AsyncClient client = builder.useMqttVersion5().buildAsync();
        client.connectWith()
                .cleanStart(true)
                .keepAlive(0)
                .restrictions()
                .sendMaximum(endpoint.window())
                .applyRestrictions()
                .send()
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return new Hivemq5Link(client, endpoint);
    }

    private static Mqtt5Publish message(String topic, int qos, byte[] payload) {
        return Mqtt5Publish.builder()
                .topic(topic)
                .qos(MqttQos.fromCode(qos))
                .payload(payload)
                .build();
    }

    @Override
    public void publish(PublishLoad load) {
        // Built once, as an application that sends one message again and again would: it is immutable.
        Mqtt5Publish message = message(load.topic(), load.qos(), load.payload());
        if (endpoint.option("publish", "async").equals("rx")) {
            Flowable<Mqtt5Publish> messages = Flowable.generate(emitter -> {
                if (load.stopped()) {
                    emitter.onComplete();
                } else {
                    emitter.onNext(message);
                }
            });
            client.toRx()
                    .publish(messages)
                    .doOnNext(result -> load.completed())
                    .ignoreElements()
                    .blockingAwait();
            return;
        }
        while (load.acquire()) {
            client.publish(message).whenComplete((sent, failure) -> {
                if (failure == null) {
                    load.completed();
                } else {
                    load.failed(failure);
                }
            });
        }
    }

    @Override
    public void receive(String filter, int qos, ReceiveLoad load) {
        client.subscribeWith()
                .topicFilter(filter)
                .qos(MqttQos.fromCode(qos))
                .callback(message ->
                        load.received(message.getPayload().orElseThrow().remaining()))
                .send();
    }

    @Override
    public void echo(String topic, byte[] payload, Echo echo) throws Exception {
        Mqtt5Publish message = message(topic, 0, payload);
        client.subscribeWith()
                .topicFilter(topic)
                .qos(MqttQos.AT_MOST_ONCE)
                .callback(arrived -> {
                    if (echo.arrived()) {
                        client.publish(message);
                    }
                })
                .send()
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        client.publish(message);
    }

    @Override
    public void deliver(String topic, int qos, Traffic traffic) throws Exception {
        client.subscribeWith()
                .topicFilter(topic)
                .qos(MqttQos.fromCode(qos))
                .callback(message -> traffic.arrived(message.getPayloadAsBytes()))
                .send()
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void send(String topic, int qos, Traffic traffic) {
        for (byte[] payload = traffic.next(); payload != null; payload = traffic.next()) {
            client.publish(message(topic, qos, payload));
        }
    }

    @Override
    public void publishOne(String topic, byte[] payload) throws Exception {
        client.publish(message(topic, 1, payload)).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public boolean connected() {
        return client.getState().isConnected();
    }

    @Override
    public void close() throws Exception {
        client.disconnect().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
}
