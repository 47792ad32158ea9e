package io.godwit.simulation;

import io.godwit.mqtt.broker.LocalBroker;
import io.godwit.mqtt.broker.LocalConnection;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.transport.Connection;
import io.godwit.mqtt.client.transport.ConnectionListener;
import io.godwit.mqtt.codec.PacketCodec;
import io.godwit.mqtt.codec.PacketReader;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Puback;
import io.godwit.mqtt.protocol.Pubcomp;
import io.godwit.mqtt.protocol.Publish;
import io.godwit.mqtt.protocol.Pubrec;
import io.godwit.mqtt.protocol.Suback;
import io.godwit.mqtt.protocol.Unsuback;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A connection between client and broker. At the client's end the packets are read along for {@link WireRules}, the
 * mutations change them there, and now and then an acknowledgement comes twice.
 */
final class SimulatedLink implements Connection, LocalBroker.Peer {
    private static final int HIGH_WATER = 4_096;
    private static final ServerAddress ADDRESS = ServerAddress.parse("mqtt://broker");

    private final Scheduler scheduler;
    private final SimulatedLoop loop;
    private final ConnectionListener listener;
    private final WireRules rules;
    private final Mutation mutation;
    private final ProtocolVersion version;
    private final Trace trace;
    private final int duplicateOneIn;
    private final LocalConnection broker;
    private final Pipe toBroker;
    private final Pipe toClient;
    private final PacketReader sentReader = new PacketReader(PacketReader.LARGEST_PACKET);
    private final PacketReader gotReader = new PacketReader(PacketReader.LARGEST_PACKET);
    private final PacketReader brokerReader = new PacketReader(PacketReader.LARGEST_PACKET);
    private final ArrayDeque<byte[]> unread = new ArrayDeque<>();

    private boolean reading = true;
    private boolean wasWritable = true;
    private boolean ended;
    private boolean silent;
    /** The broker ends the connection over a publish: what comes after it no longer counts. */
    private boolean poisoned;

    SimulatedLink(Surroundings world, SimulatedLoop loop, ConnectionListener listener, WireRules rules) {
        this.trace = world.trace();
        this.scheduler = world.scheduler();
        this.loop = loop;
        this.listener = listener;
        this.rules = rules;
        this.mutation = world.mutation();
        this.version = world.settings().version();
        this.duplicateOneIn = world.settings().network().duplicateOneIn();
        this.broker = world.broker().connect(this);
        this.toBroker = new Pipe(scheduler, world.network(), this::brokerGets, this::cut);
        this.toClient = new Pipe(scheduler, world.network(), this::clientGets, this::cut);
        rules.connectionOpened();
        sentReader.version(version);
        gotReader.version(version);
    }

    boolean isOpen() {
        return !ended;
    }

    // ---- faults ----

    void cutToBrokerAfter(int bytes) {
        toBroker.cutAfter(bytes);
    }

    void cutToClientAfter(int bytes) {
        toClient.cutAfter(bytes);
    }

    /** A cut that has not happened yet does not happen. What is silent stays silent. */
    void heal() {
        toBroker.heal();
        toClient.heal();
    }

    /** Half open: neither end hears anything any more, not even the end. */
    void silence() {
        silent = true;
        toBroker.silence();
        toClient.silence();
    }

    /** The client's process is gone; what it had sent may still arrive. */
    void clientGone() {
        if (!ended) {
            ended = true;
            leave(scheduler.random.nextBoolean());
        }
    }

    private void cut() {
        if (ended) {
            return;
        }
        toBroker.stop();
        toClient.stop();
        scheduler.schedule(broker::close, scheduler.within(50));
        scheduler.schedule(() -> end(new IOException("Connection reset by peer")), scheduler.within(50));
    }

    // ---- the client's end ----

    @Override
    public void write(ByteBuf bytes) {
        if (ended) {
            bytes.release();
            return;
        }
        ByteBuf out = Unpooled.buffer(bytes.readableBytes());
        sentReader.feed(bytes, (firstByte, in, index, length) -> {
            mutation.toBroker(PacketCodec.read(firstByte, in, index, length, version), packet -> {
                trace("  -> ", packet);
                rules.clientSent(packet, scheduler.nanoTime());
                if (packet instanceof Publish publish && Ledger.isPoison(publish.message())) {
                    poisoned = true;
                }
                if (!poisoned) {
                    PacketCodec.write(packet, version, out);
                }
            });
            return true;
        });
        bytes.release();
        toBroker.send(ByteBufUtil.getBytes(out));
        if (poisoned) {
            toBroker.afterLast(this::cut);
        }
        wasWritable = isWritable();
    }

    @Override
    public boolean isWritable() {
        return toBroker.underWay() < HIGH_WATER;
    }

    private void brokerGets(byte[] bytes) {
        broker.write(bytes);
        if (!wasWritable && isWritable() && !ended) {
            wasWritable = true;
            loop.run(listener::writabilityChanged);
        }
    }

    @Override
    public void setReading(boolean newReading) {
        reading = newReading;
        loop.execute(this::read);
    }

    private void clientGets(byte[] bytes) {
        unread.add(bytes);
        read();
    }

    private void read() {
        boolean any = false;
        while (reading && !ended && !unread.isEmpty()) {
            byte[] bytes = unread.remove();
            any = true;
            loop.run(() -> give(bytes));
        }
        if (any && !ended) {
            loop.run(listener::readComplete);
        }
    }

    private void give(byte[] bytes) {
        ByteBuf chunk = Unpooled.wrappedBuffer(bytes);
        ByteBuf mutated = Unpooled.buffer();
        gotReader.feed(chunk.duplicate(), (firstByte, in, index, length) -> {
            Packet packet = PacketCodec.read(firstByte, in, index, length, version);
            trace("  <- ", packet);
            rules.clientGot(packet);
            mutation.toClient(packet, seen -> PacketCodec.write(seen, version, mutated));
            return true;
        });
        // An unchanged stream keeps its odd pieces; a mutant gets whole packets.
        listener.received(mutation == Mutation.NONE ? chunk : mutated);
    }

    @Override
    public void close(boolean flush) {
        if (!ended) {
            ended = true;
            leave(flush);
            loop.execute(() -> listener.closed(null));
        }
    }

    private void leave(boolean flush) {
        unread.clear();
        toClient.stop();
        if (silent) {
            return;
        }
        if (flush) {
            toBroker.afterLast(broker::close);
        } else {
            toBroker.stop();
            scheduler.schedule(broker::close, scheduler.within(20));
        }
    }

    private void end(@Nullable Throwable cause) {
        if (!ended) {
            ended = true;
            unread.clear();
            toBroker.stop();
            loop.run(() -> listener.closed(cause));
        }
    }

    @Override
    public String describe() {
        return "a simulated connection";
    }

    @Override
    public ServerAddress address() {
        return ADDRESS;
    }

    // ---- the broker's end ----

    @Override
    public void received(ByteBuf bytes) {
        ByteBuf out = Unpooled.buffer(bytes.readableBytes());
        brokerReader.feed(bytes, (firstByte, in, index, length) -> {
            Packet packet = PacketCodec.read(firstByte, in, index, length, version);
            PacketCodec.write(packet, version, out);
            if (isAcknowledgement(packet) && scheduler.oneIn(duplicateOneIn)) {
                if (scheduler.oneIn(2)) {
                    PacketCodec.write(packet, version, out);
                } else {
                    comesLate(packet);
                }
            }
            return true;
        });
        toClient.send(ByteBufUtil.getBytes(out));
    }

    /** The same packet once more, when the exchange that it answers is long over. */
    private void comesLate(Packet packet) {
        ByteBuf again = Unpooled.buffer();
        PacketCodec.write(packet, version, again);
        scheduler.schedule(
                () -> {
                    if (!ended && !silent) {
                        toClient.send(ByteBufUtil.getBytes(again));
                    }
                },
                scheduler.within(5_000));
    }

    private void trace(String direction, Packet packet) {
        if (trace.isOn()) {
            trace.add(direction + brief(packet));
        }
    }

    private static String brief(Packet packet) {
        if (packet instanceof Publish publish) {
            Message message = publish.message();
            return "PUBLISH " + publish.packetId() + (publish.dup() ? " dup " : " ") + Ledger.name(message) + " "
                    + message.qos();
        }
        return packet.toString();
    }

    private static boolean isAcknowledgement(Packet packet) {
        return packet instanceof Puback
                || packet instanceof Pubrec
                || packet instanceof Pubcomp
                || packet instanceof Suback
                || packet instanceof Unsuback;
    }

    @Override
    public void closed() {
        if (!silent) {
            toClient.afterLast(() -> end(null));
        }
    }
}
