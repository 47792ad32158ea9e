package io.godwit.benchmarks.vertx;

import io.godwit.benchmarks.Echo;
import io.godwit.benchmarks.Link;
import io.godwit.benchmarks.PublishLoad;
import io.godwit.benchmarks.ReceiveLoad;
import io.godwit.benchmarks.Traffic;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.MqttClient;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * One client. At QoS 1 and 2 a message counts when the completion handler says that the last acknowledgement came: the
 * future of {@code publish} completes already at the write.
 */
final class VertxLink implements Link {

    private static final int PATIENCE_SECONDS = 10;

    // Set once.
    private final MqttClient client;
    private final Context context;

    VertxLink(MqttClient client, Context context) {
        this.client = client;
        this.context = context;
    }

    /**
     * From the harness's thread: Vert.x gathers what comes from outside the loop and flushes it at once, where a
     * publish on the loop costs a system call each. Measured: six times as fast at QoS 0, no slower at the others.
     */
    @Override
    public void publish(PublishLoad load) {
        Buffer payload = Buffer.buffer(load.payload());
        MqttQoS qos = MqttQoS.valueOf(load.qos());
        context.runOnContext(ignored -> client.publishCompletionHandler(identifier -> load.completed()));
        while (load.acquire()) {
            Future<Integer> written = client.publish(load.topic(), payload, qos, false, false);
            if (load.qos() == 0) {
                written.onComplete(result -> load.completed());
            }
        }
    }

    @Override
    public void receive(String filter, int qos, ReceiveLoad load) throws Exception {
        onContext(() -> {
            client.publishHandler(message -> load.received(message.payload().length()));
            return client.subscribe(filter, qos);
        });
    }

    @Override
    public void echo(String topic, byte[] payload, Echo echo) throws Exception {
        Buffer buffer = Buffer.buffer(payload);
        onContext(() -> {
            client.publishHandler(message -> {
                if (echo.arrived()) {
                    client.publish(topic, buffer, MqttQoS.AT_MOST_ONCE, false, false);
                }
            });
            return client.subscribe(topic, 0);
        });
        onContext(() -> client.publish(topic, buffer, MqttQoS.AT_MOST_ONCE, false, false));
    }

    @Override
    public void deliver(String topic, int qos, Traffic traffic) throws Exception {
        onContext(() -> {
            client.publishHandler(message -> traffic.arrived(message.payload().getLong(0)));
            return client.subscribe(topic, qos);
        });
    }

    @Override
    public void send(String topic, int qos, Traffic traffic) {
        for (byte[] payload = traffic.next(); payload != null; payload = traffic.next()) {
            client.publish(topic, Buffer.buffer(payload), MqttQoS.valueOf(qos), false, false);
        }
    }

    @Override
    public void publishOne(String topic, byte[] payload) throws Exception {
        CompletableFuture<Integer> acknowledged = new CompletableFuture<>();
        onContext(() -> {
            client.publishCompletionHandler(acknowledged::complete);
            return client.publish(topic, Buffer.buffer(payload), MqttQoS.AT_LEAST_ONCE, false, false);
        });
        acknowledged.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public boolean connected() {
        return client.isConnected();
    }

    @Override
    public void close() throws Exception {
        onContext(client::disconnect);
    }

    private <T> void onContext(Supplier<Future<T>> call) throws Exception {
        CompletableFuture<T> done = new CompletableFuture<>();
        context.runOnContext(ignored -> call.get().onComplete(done::complete, done::completeExceptionally));
        done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
}
