package io.godwit.cli.packets;

import io.godwit.mqtt.codec.PacketCodec;
import io.godwit.mqtt.codec.PacketReader;
import io.godwit.mqtt.codec.ProtocolViolationException;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Listens in on one connection: takes the bytes of both directions as they pass and hands on each packet, decoded. Alters
 * nothing. Safe for several threads.
 */
public final class PacketTap implements AutoCloseable {
    /** Who sent a packet. */
    public enum Direction {
        TO_BROKER,
        TO_CLIENT
    }

    // Set once.
    private final Consumer<SeenPacket> sink;
    private final Clock clock;
    private final String connection;

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final PacketReader[] readers = {
        new PacketReader(PacketReader.LARGEST_PACKET), new PacketReader(PacketReader.LARGEST_PACKET)
    };
    private ProtocolVersion version;
    /** Bytes of the packets that the present call of {@link #pass} has handed on. */
    private int handedOn;

    /**
     * @param connection names the connection for people
     * @param version what is spoken; a CONNECT that passes says it better
     */
    public PacketTap(String connection, ProtocolVersion version, Clock clock, Consumer<SeenPacket> sink) {
        this.connection = connection;
        this.version = version;
        this.clock = clock;
        this.sink = sink;
    }

    /** Bytes pass. They are neither moved nor released. */
    public void pass(Direction direction, ByteBuf bytes) {
        lock.lock();
        try {
            PacketReader reader = readers[direction.ordinal()];
            int before = reader.waiting();
            handedOn = 0;
            try {
                reader.feed(
                        bytes.duplicate(),
                        (firstByte, in, index, length) -> frame(direction, firstByte, in, index, length));
            } catch (ProtocolViolationException broken) {
                byte[] rest = rest(bytes, handedOn - before);
                sink.accept(SeenPacket.broken(
                        connection, direction, clock.instant(), rest, String.valueOf(broken.getMessage())));
            }
        } finally {
            lock.unlock();
        }
    }

    /** What of the chunk was not handed on as packets, which have their secrets masked. */
    private static byte[] rest(ByteBuf bytes, int handedOn) {
        int from = Math.min(bytes.readableBytes(), Math.max(0, handedOn));
        return ByteBufUtil.getBytes(bytes, bytes.readerIndex() + from, bytes.readableBytes() - from);
    }

    /** How many bytes wait for the rest of their packet. */
    int waiting(Direction direction) {
        lock.lock();
        try {
            return readers[direction.ordinal()].waiting();
        } finally {
            lock.unlock();
        }
    }

    /** The connection has ended: lets go of what was kept of packets that are not whole. */
    @Override
    public void close() {
        lock.lock();
        try {
            for (PacketReader reader : readers) {
                reader.close();
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean frame(Direction direction, int firstByte, byte[] in, int index, int length) {
        Instant now = clock.instant();
        byte[] frame = frame(firstByte, in, index, length);
        handedOn += frame.length;
        if (firstByte >> 4 == PacketType.CONNECT.code()) {
            handedOn += surplus(in, index, frame.length - length);
        }
        try {
            Packet packet = PacketCodec.read(firstByte, in, index, length, version);
            if (packet instanceof Connect connect) {
                version = connect.version();
            }
            sink.accept(SeenPacket.of(connection, direction, now, frame, packet));
        } catch (ProtocolViolationException broken) {
            sink.accept(SeenPacket.broken(connection, direction, now, frame, String.valueOf(broken.getMessage())));
        }
        return true;
    }

    /** By how many bytes the fixed header of a CONNECT is longer than need be. Its first byte is not part of a length. */
    private static int surplus(byte[] in, int index, int shortest) {
        int header = 2;
        while (in[index - header] < 0) {
            header++;
        }
        return header - shortest;
    }

    /** The whole packet, with a fixed header as short as can be. */
    private static byte[] frame(int firstByte, byte[] in, int index, int length) {
        int digits = length < 128 ? 1 : length < 16_384 ? 2 : length < 2_097_152 ? 3 : 4;
        byte[] frame = new byte[1 + digits + length];
        frame[0] = (byte) firstByte;
        int rest = length;
        for (int i = 1; i <= digits; i++) {
            frame[i] = (byte) (rest & 0x7F | (i < digits ? 0x80 : 0));
            rest >>>= 7;
        }
        System.arraycopy(in, index, frame, 1 + digits, length);
        return frame;
    }
}
