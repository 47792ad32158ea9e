package io.godwit.mqtt.broker;

import io.godwit.mqtt.protocol.Connack;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Publish;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.Subscribe;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A model broker with a clock that stands still until a test moves it, and clients that send packets by hand. */
final class CoreFixture implements BrokerListener {
    private static final long SECOND = 1_000_000_000L;

    final List<String> violations = new ArrayList<>();
    final List<String> dropped = new ArrayList<>();
    final List<String> limited = new ArrayList<>();
    final BrokerCore core;
    long now;

    CoreFixture() {
        this(BrokerSettings.defaults());
    }

    CoreFixture(BrokerSettings settings) {
        core = new BrokerCore(settings, this);
    }

    @Override
    public void violation(String clientId, String what) {
        violations.add(what);
    }

    @Override
    public void limited(String clientId, String what) {
        limited.add(what);
    }

    @Override
    public void dropped(String clientId, Message message, String why) {
        dropped.add(message.topic() + ": " + why);
    }

    void pass(double seconds) {
        now += (long) (seconds * SECOND);
        core.tick(now);
    }

    Client open() {
        return new Client();
    }

    /** A clean client of this version, past its CONNACK. */
    Client connected(String id, ProtocolVersion version) {
        return connected(connect(id, version, true, MqttProperties.NONE, null));
    }

    Client connected(Connect connect) {
        Client client = open();
        client.send(connect);
        Connack connack = client.take(Connack.class);
        if (connack.code() != 0) {
            throw new AssertionError("refused: " + connack);
        }
        client.sessionPresent = connack.sessionPresent();
        return client;
    }

    static Connect connect(
            String id, ProtocolVersion version, boolean clean, MqttProperties properties, @Nullable Message will) {
        return new Connect(version, id, clean, 60, will, null, null, properties);
    }

    /** One client's end of a connection. */
    final class Client {
        final BrokerLink link = core.open(new Sink(this), now);
        final List<Packet> received = new ArrayList<>();
        boolean closed;
        boolean writable = true;
        boolean sessionPresent;

        /** From the client to the broker. */
        void send(Packet... packets) {
            for (Packet packet : packets) {
                core.received(link, packet, now);
            }
        }

        void cut() {
            core.closed(link, now);
        }

        <P extends Packet> P take(Class<P> type) {
            if (received.isEmpty() || !type.isInstance(received.get(0))) {
                throw new AssertionError("expected " + type.getSimpleName() + ", got " + received);
            }
            return type.cast(received.remove(0));
        }

        Message takeMessage() {
            return take(Publish.class).message();
        }

        Client subscribe(String filter, Qos qos) {
            return subscribe(TopicSubscription.of(filter, qos), MqttProperties.NONE);
        }

        Client subscribe(TopicSubscription subscription, MqttProperties properties) {
            send(new Subscribe(7, List.of(subscription), properties));
            take(io.godwit.mqtt.protocol.Suback.class);
            return this;
        }

        void publish(Message message, int packetId) {
            send(new Publish(message, false, packetId, 0));
        }
    }

    private record Sink(Client client) implements PacketSink {
        @Override
        public void send(Packet packet) {
            client.received.add(packet);
        }

        @Override
        public void close() {
            client.closed = true;
        }

        @Override
        public boolean isWritable() {
            return client.writable;
        }
    }
}
