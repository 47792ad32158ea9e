package io.godwit.mqtt.protocol.codec;

import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.ReasonCode;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Finds the packets in a stream of bytes that comes in chunks of any size. A packet that lies whole in a chunk is handed
 * on from there, uncopied. What is left of a chunk is kept in a buffer that grows with what has arrived, whatever a
 * header claims, and is released as soon as it is empty.
 *
 * <p>After an exception, its own or the sink's, the reader is closed: the place in the stream is lost.
 */
public final class PacketReader implements AutoCloseable {
    /** The largest packet that MQTT can express, in bytes with its header. */
    public static final int LARGEST_PACKET = VariableByteInteger.MAX + 5;

    private static final int INCOMPLETE = -1;

    // All fields: the thread that feeds.
    private int maximumPacketSize;
    private boolean shortestLengths;
    private boolean feeding;
    private boolean closed;
    /** What has arrived and was not read yet; null when there is nothing. */
    private @Nullable ByteBuf kept;
    /** Bytes of the fixed header that {@link #remainingLength} saw last. */
    private int headerSize;

    /** @param maximumPacketSize bytes of a whole packet, with its header; at least 2 */
    public PacketReader(int maximumPacketSize) {
        this.maximumPacketSize = checkLimit(maximumPacketSize);
    }

    /** Changes the limit for the packets to come. */
    public void maximumPacketSize(int bytes) {
        maximumPacketSize = checkLimit(bytes);
    }

    private static int checkLimit(int bytes) {
        if (bytes < 2) {
            throw new IllegalArgumentException(
                    "a maximum packet size of " + bytes + " lets no packet through; at least 2");
        }
        return bytes;
    }

    /**
     * Tells the version once it is known. MQTT 5 wants remaining lengths in the fewest bytes [MQTT-1.5.5-1]; the older
     * standards let them be longer, and so does a reader that was not told.
     */
    public void version(ProtocolVersion version) {
        shortestLengths = version == ProtocolVersion.V5;
    }

    /**
     * Reads on: calls the sink for each packet that is whole now, until it says stop. All bytes of the chunk are taken;
     * it is not released. An empty chunk goes on after a stop.
     *
     * @throws MalformedPacketException when a header is malformed or announces a packet over the limit
     */
    public void feed(ByteBuf chunk, FrameSink sink) {
        boolean failed = true;
        feeding = true;
        try {
            if (!closed && readKept(chunk, sink)) {
                read(chunk, sink);
            }
            if (!closed) {
                keep(chunk, chunk.readableBytes());
            }
            failed = false;
        } finally {
            feeding = false;
            closed |= failed;
            if (closed) {
                release();
                chunk.skipBytes(chunk.readableBytes());
            }
        }
    }

    /** How many bytes have arrived and wait: for the rest of their packet, or for the sink to go on. */
    public int waiting() {
        return kept == null ? 0 : kept.readableBytes();
    }

    /** Lets go of what was kept. Later bytes are dropped. The sink may call it. */
    @Override
    public void close() {
        closed = true;
        if (!feeding) {
            release();
        }
    }

    /** Reads what was kept, and of the chunk what completes it. False: the sink or the bytes' end says stop. */
    private boolean readKept(ByteBuf chunk, FrameSink sink) {
        ByteBuf rest = kept;
        if (rest == null) {
            return true;
        }
        while (true) {
            boolean more = read(rest, sink);
            if (!rest.isReadable()) {
                release();
                return more;
            }
            if (!more || !chunk.isReadable()) {
                return false;
            }
            keep(chunk, Math.min(lacking(rest), chunk.readableBytes()));
        }
    }

    /** Hands on each packet that is whole; leaves the reader index after the last one. False: the sink says stop. */
    private boolean read(ByteBuf in, FrameSink sink) {
        int end = in.writerIndex();
        int index = in.readerIndex();
        while (end - index >= 2) {
            int length = remainingLength(in, index, end);
            int body = index + headerSize;
            if (length == INCOMPLETE || length > end - body) {
                break;
            }
            int firstByte = in.getUnsignedByte(index);
            in.readerIndex(body);
            boolean more = sink.frame(firstByte, in, length);
            index = body + length;
            in.readerIndex(index);
            if (!more || closed) {
                return false;
            }
        }
        return true;
    }

    /** Reads and judges the fixed header at {@code index}, where two bytes are at least. Sets {@link #headerSize}. */
    private int remainingLength(ByteBuf in, int index, int end) {
        int length = in.getByte(index + 1);
        int size = 2;
        if (length < 0) {
            length &= 0x7F;
            int b;
            do {
                if (size == 5) {
                    throw fault(
                            in,
                            index,
                            ReasonCode.MALFORMED_PACKET,
                            4,
                            "the remaining length takes more than four bytes");
                }
                if (index + size == end) {
                    return INCOMPLETE;
                }
                b = in.getByte(index + size);
                length |= (b & 0x7F) << 7 * (size - 1);
                size++;
            } while (b < 0);
            if (b == 0 && shortestLengths) {
                throw new MalformedPacketException(
                        type(in, index),
                        ReasonCode.MALFORMED_PACKET,
                        1,
                        "[MQTT-1.5.5-1]",
                        "the remaining length " + length + " is not encoded in the fewest bytes");
            }
        }
        if (length + size > maximumPacketSize) {
            throw fault(
                    in,
                    index,
                    ReasonCode.PACKET_TOO_LARGE,
                    1,
                    "the packet takes " + (length + size) + " bytes; the limit is " + maximumPacketSize);
        }
        if ((in.getByte(index) & 0xF0) == 0) {
            throw fault(in, index, ReasonCode.MALFORMED_PACKET, 0, "packet type 0 is reserved; types are 1 to 15");
        }
        headerSize = size;
        return length;
    }

    /** How many bytes the packet at the start of {@code partial} lacks, as far as its header tells; at least 1. */
    private int lacking(ByteBuf partial) {
        int index = partial.readerIndex();
        int end = partial.writerIndex();
        int length = end - index < 2 ? INCOMPLETE : remainingLength(partial, index, end);
        return length == INCOMPLETE ? 1 : headerSize + length - (end - index);
    }

    private void keep(ByteBuf chunk, int bytes) {
        if (bytes == 0) {
            return;
        }
        ByteBuf rest = kept;
        if (rest == null) {
            rest = chunk.alloc().heapBuffer(bytes);
            kept = rest;
        } else if (bytes > rest.writableBytes()) {
            makeRoom(rest, rest.readableBytes() + bytes);
        }
        rest.writeBytes(chunk, bytes);
    }

    /** Room for so many bytes and as many again, but not more than a packet can need. */
    private void makeRoom(ByteBuf rest, int needed) {
        rest.discardReadBytes();
        if (needed > rest.capacity() / 2) {
            rest.capacity((int) Math.min(2L * needed, Math.max(needed, maximumPacketSize)));
        }
    }

    private void release() {
        if (kept != null) {
            kept.release();
            kept = null;
        }
    }

    private static MalformedPacketException fault(ByteBuf in, int index, ReasonCode reason, int offset, String text) {
        return new MalformedPacketException(type(in, index), reason, offset, "(section 2.1)", text);
    }

    private static @Nullable PacketType type(ByteBuf in, int index) {
        int code = in.getUnsignedByte(index) >> 4;
        return code == 0 ? null : PacketType.of(code);
    }
}
