package io.godwit.mqtt.client.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.client.store.QueueBounds;
import io.godwit.mqtt.client.store.QueueBounds.WhenFull;
import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.store.SessionLoss;
import io.godwit.mqtt.codec.PacketCodec;
import io.godwit.mqtt.codec.PacketReader;
import io.godwit.mqtt.protocol.Connack;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Publish;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.Suback;
import io.godwit.mqtt.protocol.Subscribe;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A session with a broker of values: packets in, packets and ends out. No socket, no clock. */
final class SessionHarness {
    final ProtocolVersion version;
    final Session session;
    /** Publishes that the log had kept. */
    final List<Sent> revived = new ArrayList<>();

    long now = 1_000_000_000_000L;

    SessionHarness(ProtocolVersion version) {
        this(version, SessionLog.NONE);
    }

    SessionHarness(ProtocolVersion version, SessionLog log) {
        this.version = version;
        this.session = new Session(
                new SessionConfig(
                        version,
                        new SessionConfig.Sending(
                                new QueueBounds(10_000, 10_000_000, WhenFull.FAIL), 100, 100, SessionLoss.RESEND, 10),
                        new SessionConfig.Receiving(65_535, 1_000_000, 10, false),
                        0),
                log,
                UnpooledByteBufAllocator.DEFAULT);
        session.restore(log.recovered(), message -> {
            Sent publish = new Sent(message);
            revived.add(publish);
            return publish;
        });
    }

    record Named(String name, TopicFilter filter) implements Handler {
        @Override
        public String toString() {
            return name;
        }
    }

    /** A publish that keeps how it ended. */
    static final class Sent extends PublishExchange<String> {
        final List<Outcome> ends = new ArrayList<>();

        Sent(Message message) {
            super(message, false);
        }

        @Override
        protected void finish(Outcome result) {
            ends.add(result);
        }

        Failure failure() {
            assertThat(ends).hasSize(1).first().isInstanceOf(Failure.class);
            return (Failure) ends.get(0);
        }
    }

    /** A subscribe that keeps how it ended. */
    static final class Asked extends SubscribeExchange<String> {
        final List<Outcome> ends = new ArrayList<>();

        Asked(List<TopicSubscription> subscriptions, MqttProperties properties, List<Named> handlers) {
            super(subscriptions, properties, handlers, false);
        }

        @Override
        protected void finish(Outcome result) {
            ends.add(result);
        }
    }

    /** An unsubscribe that keeps how it ended. */
    static final class Left extends UnsubscribeExchange<String> {
        final List<Outcome> ends = new ArrayList<>();

        Left(MqttProperties properties, String... filters) {
            super(Stream.of(filters).map(TopicFilter::of).toList(), properties, null, false);
        }

        @Override
        protected void finish(Outcome result) {
            ends.add(result);
        }
    }

    // ---- connections ----

    void connect(boolean present, MqttProperties connack) {
        session.open(new Connect(version, "c", false, 60, null, null, null, MqttProperties.NONE), now);
        assertThat(out()).hasSize(1).first().isInstanceOf(Connect.class);
        in(new Connack(present, 0, connack));
    }

    void connect() {
        connect(false, MqttProperties.NONE);
    }

    void reconnect(boolean present, MqttProperties connack) {
        session.closed();
        finish();
        connect(present, connack);
    }

    void in(Packet... packets) {
        ByteBuf bytes = Unpooled.buffer();
        for (Packet packet : packets) {
            PacketCodec.write(packet, version, bytes);
        }
        while (session.received(bytes, now) || bytes.isReadable()) {
            continue;
        }
        finish();
    }

    List<Packet> out() {
        List<Packet> packets = new ArrayList<>();
        PacketReader reader = new PacketReader(PacketReader.LARGEST_PACKET);
        for (ByteBuf part = session.outbox().take();
                part != null;
                part = session.outbox().take()) {
            reader.feed(
                    part,
                    (firstByte, in, index, length) ->
                            packets.add(PacketCodec.read(firstByte, in, index, length, version)));
            part.release();
        }
        session.sent(now);
        finish();
        return packets;
    }

    void finish() {
        for (Exchange<?> ended = session.ended().take(); ended != null; ) {
            Exchange<?> next = ended.next();
            ended.unlinkAndFinish();
            ended = next;
        }
    }

    <P extends Packet> List<P> out(Class<P> type) {
        return out().stream().filter(type::isInstance).map(type::cast).toList();
    }

    List<SessionEvent.Resubscribed> resubscribed() {
        List<SessionEvent.Resubscribed> told = new ArrayList<>();
        for (SessionEvent event = session.takeEvent(); event != null; event = session.takeEvent()) {
            if (event instanceof SessionEvent.Resubscribed one) {
                told.add(one);
            }
        }
        return told;
    }

    // ---- publishes ----

    Sent publish(Qos qos, String topic, int bytes) {
        Sent sent = new Sent(new Message(topic, new byte[bytes], qos, false, MqttProperties.NONE));
        assertThat(session.publish(sent, now)).isNull();
        return sent;
    }

    // ---- subscriptions ----

    Asked subscribe(MqttProperties properties, String... filters) {
        List<TopicSubscription> subscriptions = Stream.of(filters)
                .map(filter -> TopicSubscription.of(filter, Qos.AT_LEAST_ONCE))
                .toList();
        List<Named> handlers = subscriptions.stream()
                .map(each -> new Named(each.filter().text(), each.filter()))
                .toList();
        Asked asked = new Asked(subscriptions, properties, handlers);
        assertThat(session.subscribe(asked)).isNull();
        return asked;
    }

    /** Subscribes, and the broker grants it. */
    Subscribe subscribed(MqttProperties properties, String... filters) {
        subscribe(properties, filters);
        Subscribe packet = out(Subscribe.class).get(0);
        grant(packet);
        return packet;
    }

    Subscribe subscribed(String... filters) {
        return subscribed(MqttProperties.NONE, filters);
    }

    void grant(Subscribe packet) {
        in(new Suback(
                packet.packetId(),
                packet.subscriptions().stream()
                        .map(each -> ReasonCode.GRANTED_QOS_1)
                        .toList(),
                MqttProperties.NONE));
    }

    static List<String> filters(Subscribe packet) {
        return packet.subscriptions().stream().map(each -> each.filter().text()).toList();
    }

    static @Nullable Integer identifier(Subscribe packet) {
        return packet.properties().get(Property.SUBSCRIPTION_IDENTIFIER);
    }

    // ---- messages ----

    /** A message of the broker arrives; returns the handlers that it is for. */
    List<String> routed(String topic, Integer... identifiers) {
        MqttProperties properties = MqttProperties.NONE;
        for (Integer identifier : identifiers) {
            properties = properties.and(Property.SUBSCRIPTION_IDENTIFIER, identifier);
        }
        in(new Publish(new Message(topic, new byte[0], Qos.AT_MOST_ONCE, false, properties), false, 0, 0));
        Inbox.Batch batch = session.inbox().take();
        if (batch == null) {
            return List.of();
        }
        List<String> names = Stream.of(batch.route(0)).map(Object::toString).toList();
        session.inbox().giveBack(batch);
        return names;
    }
}
