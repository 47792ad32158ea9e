package io.godwit.benchmarks.godwit;

import io.godwit.benchmarks.Echo;
import io.godwit.benchmarks.Link;
import io.godwit.benchmarks.PublishLoad;
import io.godwit.benchmarks.ReceiveLoad;
import io.godwit.benchmarks.Traffic;
import io.godwit.mqtt.client.ClientState;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.PublishBatchResult;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * One client. QoS 0 goes through the blocking call, which asks for no future. QoS 1 and 2 go through {@code
 * publishAsync}; the window is a ring of the publications themselves, of which the oldest half is waited for, so that no
 * callback is registered for each message. With the option {@code publish=batch} messages of every QoS go through {@code
 * publishAllAsync}, an eighth of the window at a time.
 */
final class GodwitLink implements Link {

    private static final int BATCHES = 8;

    private final MqttClient client;
    private final boolean batches;

    GodwitLink(MqttClient client, boolean batches) {
        this.client = client;
        this.batches = batches;
    }

    @Override
    public void publish(PublishLoad load) {
        Message message = Message.of(load.topic(), load.payload()).withQos(Qos.of(load.qos()));
        if (batches) {
            publishBatches(load, message);
            return;
        }
        if (load.qos() == 0) {
            while (!load.stopped()) {
                client.publish(message);
                load.completed();
            }
            return;
        }
        int window = load.window();
        CompletableFuture<?>[] ring = new CompletableFuture<?>[window];
        int inFlight = 0;
        int next = 0;
        while (!load.stopped()) {
            if (inFlight == window) {
                int half = window / 2;
                for (int i = 0; i < half; i++) {
                    // Throws when the publish has failed. Waiting for the last of the half wakes this thread once.
                    ring[(next + half - 1 - i) % window].join();
                }
                inFlight -= half;
                load.completed(half);
            }
            ring[next] = client.publishAsync(message);
            next = (next + 1) % window;
            inFlight++;
        }
    }

    private void publishBatches(PublishLoad load, Message message) {
        int size = Math.max(1, load.window() / BATCHES);
        List<Message> batch = Collections.nCopies(size, message);
        ArrayDeque<CompletableFuture<PublishBatchResult>> inFlight = new ArrayDeque<>(BATCHES);
        while (!load.stopped()) {
            if (inFlight.size() == BATCHES) {
                inFlight.remove().join().orThrow();
                load.completed(size);
            }
            inFlight.add(client.publishAllAsync(batch));
        }
    }

    @Override
    public void receive(String filter, int qos, ReceiveLoad load) {
        client.subscribe(filter, Qos.of(qos), message -> load.received(message.payload().length));
    }

    @Override
    public void echo(String topic, byte[] payload, Echo echo) {
        Message message = Message.of(topic, payload).withQos(Qos.AT_MOST_ONCE);
        client.subscribe(topic, Qos.AT_MOST_ONCE, arrived -> {
            if (echo.arrived()) {
                client.publish(message);
            }
        });
        client.publish(message);
    }

    @Override
    public void deliver(String topic, int qos, Traffic traffic) {
        client.subscribe(topic, Qos.of(qos), arrived -> traffic.arrived(arrived.payload()));
    }

    @Override
    public void send(String topic, int qos, Traffic traffic) {
        for (byte[] payload = traffic.next(); payload != null; payload = traffic.next()) {
            client.publishAsync(Message.of(topic, payload).withQos(Qos.of(qos)));
        }
    }

    @Override
    public void publishOne(String topic, byte[] payload) {
        client.publish(topic, payload);
    }

    @Override
    public boolean connected() {
        return client.state() == ClientState.CONNECTED;
    }

    @Override
    public void close() {
        client.close();
    }
}
