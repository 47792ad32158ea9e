package io.godwit.benchmarks.awscrt;

import io.godwit.benchmarks.Echo;
import io.godwit.benchmarks.Link;
import io.godwit.benchmarks.PublishLoad;
import io.godwit.benchmarks.ReceiveLoad;
import io.godwit.benchmarks.Traffic;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.crt.mqtt5.Mqtt5Client;
import software.amazon.awssdk.crt.mqtt5.Mqtt5ClientOptions.Mqtt5ClientOptionsBuilder;
import software.amazon.awssdk.crt.mqtt5.QOS;
import software.amazon.awssdk.crt.mqtt5.packets.PublishPacket;
import software.amazon.awssdk.crt.mqtt5.packets.SubscribePacket.SubscribePacketBuilder;

/** One client. Futures complete and handlers run on the event loop. */
final class AwsCrtLink implements Link {

    private static final int PATIENCE_SECONDS = 10;

    private final Mqtt5Client client;
    private final Events events;

    private AwsCrtLink(Mqtt5Client client, Events events) {
        this.client = client;
        this.events = events;
    }

    static AwsCrtLink connect(Mqtt5ClientOptionsBuilder options) throws Exception {
        Events events = new Events();
        Mqtt5Client client = new Mqtt5Client(
                options.withLifecycleEvents(events).withPublishEvents(events).build());
        client.start();
        events.connected().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return new AwsCrtLink(client, events);
    }

    @Override
    public void publish(PublishLoad load) {
        // Built once, as an application that sends one message again and again would: it is immutable.
        PublishPacket message = message(load.topic(), load.qos(), load.payload());
        while (load.acquire()) {
            client.publish(message).whenComplete((result, failure) -> {
                if (failure == null) {
                    load.completed();
                } else {
                    load.failed(failure);
                }
            });
        }
    }

    private static PublishPacket message(String topic, int qos, byte[] payload) {
        return PublishPacket.of(topic, QOS.getEnumValueFromInteger(qos), payload);
    }

    @Override
    public void receive(String filter, int qos, ReceiveLoad load) {
        events.handle(message -> load.received(message.getPayload().length));
        client.subscribe(new SubscribePacketBuilder(filter, QOS.getEnumValueFromInteger(qos)).build());
    }

    @Override
    public void echo(String topic, byte[] payload, Echo echo) throws Exception {
        PublishPacket message = message(topic, 0, payload);
        events.handle(arrived -> {
            if (echo.arrived()) {
                client.publish(message);
            }
        });
        subscribe(topic, 0);
        client.publish(message);
    }

    @Override
    public void deliver(String topic, int qos, Traffic traffic) throws Exception {
        events.handle(message -> traffic.arrived(message.getPayload()));
        subscribe(topic, qos);
    }

    private void subscribe(String topic, int qos) throws Exception {
        client.subscribe(new SubscribePacketBuilder(topic, QOS.getEnumValueFromInteger(qos)).build())
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
        return client.getIsConnected();
    }

    @Override
    public void close() throws Exception {
        client.stop();
        events.stopped().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        client.close();
    }
}
