package io.godwit.mqtt.broker;

import io.godwit.mqtt.codec.PacketCodec;
import io.godwit.mqtt.codec.PacketReader;
import io.godwit.mqtt.codec.ProtocolViolationException;
import io.godwit.mqtt.protocol.Packet;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one connection of the broker: reads packets at any fragmentation, and gathers what the broker
 * sends in a burst into one buffer. Used on the broker's thread only.
 */
public final class BrokerWire {
    /** Above this many bytes in one burst the broker keeps its messages back. */
    private static final int HIGH_WATER = 256 << 10;

    /** Where the bytes go. */
    public interface Output {
        /** Sends bytes; takes the buffer over. */
        void write(ByteBuf bytes);

        /** Ends the connection after what was written. */
        void close();

        /** Whether {@link #write} would not pile up. */
        default boolean isWritable() {
            return true;
        }
    }

    private final BrokerCore core;
    private final Output output;
    private final Executor later;
    private final PacketReader reader;
    private final BrokerLink link;

    private @Nullable ByteBuf pending;
    /** Bytes of an incomplete packet that the core knows of. */
    private int buffered;

    private boolean flushAsked;
    private boolean held;
    private boolean closing;
    private boolean dead;

    /**
     * Opens a connection to the broker.
     *
     * @param later runs the flush of a burst, on the broker's thread, after the present call has returned
     */
    public BrokerWire(BrokerCore core, Output output, Executor later, long now) {
        this.core = core;
        this.output = output;
        this.later = later;
        this.reader = new PacketReader(core.settings().maximumPacketSize());
        this.link = core.open(new Sink(), now);
    }

    public BrokerLink link() {
        return link;
    }

    /** Bytes have come from the client; the buffer stays the caller's. */
    public void received(ByteBuf bytes, long now) {
        if (dead || closing) {
            return;
        }
        try {
            reader.feed(bytes, (firstByte, in, index, length) -> {
                core.received(link, PacketCodec.read(firstByte, in, index, length, link.version()), now);
                reader.version(link.version());
                if (link.announced != null) {
                    reader.maximumPacketSize(link.announced.maximumPacketSize());
                }
                return !closing && !dead;
            });
        } catch (ProtocolViolationException malformed) {
            core.failed(link, malformed.reason(), String.valueOf(malformed.getMessage()), now);
        }
        account(now);
    }

    private void account(long now) {
        int waiting = reader.waiting();
        if (waiting != buffered) {
            int change = waiting - buffered;
            buffered = waiting;
            core.buffered(link, change, now);
        }
    }

    /** The connection is gone. */
    public void closed(long now) {
        if (!dead) {
            release();
            core.closed(link, now);
        }
    }

    /** The output takes more again. */
    public void writable(long now) {
        if (!dead) {
            core.writable(link, now);
        }
    }

    /** While held, nothing leaves, not even the end of the connection: the broker has gone silent. */
    public void hold(boolean newHeld) {
        held = newHeld;
        if (!held) {
            flush();
        }
    }

    private void flush() {
        flushAsked = false;
        if (held || dead) {
            return;
        }
        ByteBuf bytes = pending;
        pending = null;
        if (bytes != null) {
            output.write(bytes);
        }
        if (closing) {
            release();
            output.close();
        }
    }

    private void release() {
        dead = true;
        reader.close();
        core.memory().remove(buffered);
        buffered = 0;
        if (pending != null) {
            pending.release();
            pending = null;
        }
    }

    private void askFlush() {
        if (!flushAsked) {
            flushAsked = true;
            later.execute(this::flush);
        }
    }

    private final class Sink implements PacketSink {
        @Override
        public void send(Packet packet) {
            if (dead) {
                return;
            }
            if (pending == null) {
                pending = Unpooled.buffer(512);
            }
            PacketCodec.write(packet, link.version(), pending);
            askFlush();
        }

        @Override
        public void close() {
            closing = true;
            askFlush();
        }

        @Override
        public boolean isWritable() {
            return output.isWritable() && (pending == null || pending.readableBytes() < HIGH_WATER);
        }
    }
}
