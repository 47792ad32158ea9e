package io.godwit.mqtt.codec;

import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.ReasonCode;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Finds the packets in a stream of bytes that comes in chunks of any size, and hands them on as places in an array, where
 * fields are read fastest. A chunk outside of the heap is brought there in pieces, through an array that all readers of a
 * thread share. What is left of a chunk is kept in an array that grows with what has arrived, whatever a header claims,
 * and is let go as soon as it is empty.
 *
 * <p>After an exception, its own or the sink's, the reader is closed: the place in the stream is lost.
 */
public final class PacketReader implements AutoCloseable {
    /** The largest packet that MQTT can express, in bytes with its header. */
    public static final int LARGEST_PACKET = VariableByteInteger.MAX + 5;

    private static final int INCOMPLETE = -1;
    private static final byte[] NOTHING = new byte[0];
    /** So small that a piece stays in the first level cache while it is read. */
    private static final int PIECE = 16 * 1024;
    /** The largest packet for which the shared array grows; a chunk is no larger. */
    private static final int LARGEST_PIECE = 256 * 1024;

    /** From here on a PUBLISH is large: its payload may be read straight to where it belongs. */
    private static final int LARGE_PUBLISH = PIECE;
    /** A larger one is not: so much memory is not taken because a header claims it. */
    private static final int LARGEST_CLAIM = 1024 * 1024;

    private static final ThreadLocal<Landing> LANDING = ThreadLocal.withInitial(Landing::new);

    // Feeding thread only.
    private int maximumPacketSize;
    private boolean shortestLengths;
    private boolean feeding;
    private boolean closed;
    /** What has arrived and was not read yet, from {@link #keptFrom} to {@link #keptTo}. */
    private byte[] kept = NOTHING;

    private int keptFrom;
    private int keptTo;
    /** The payload of a large PUBLISH that is being read, and how much of it is there. */
    private byte @Nullable [] payload;

    private int payloadSize;
    /** Behind the last packet that {@link #read} handed on. */
    private int position;
    /** Bytes of the fixed header that {@link #remainingLength} saw last. */
    private int headerSize;

    /** Where the pieces of a chunk are put for reading. */
    private static final class Landing {
        /** Null while it is in use: a sink may feed another reader. */
        byte @Nullable [] free = new byte[PIECE];
    }

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
     * @throws ProtocolViolationException if a header is malformed or announces a packet over the limit
     */
    public void feed(ByteBuf chunk, FrameSink sink) {
        do {
            feedPiece(chunk, sink);
        } while (chunk.isReadable());
    }

    /**
     * The same for the beginning of a chunk: {@value #PIECE} bytes or a little less, or more when a packet is larger. To be
     * called again while the chunk has bytes left.
     *
     * @throws ProtocolViolationException if a header is malformed or announces a packet over the limit
     */
    public void feedPiece(ByteBuf chunk, FrameSink sink) {
        boolean failed = true;
        feeding = true;
        try {
            boolean more = !closed
                    && fillPayload(chunk, sink)
                    && readAllKept(chunk, sink)
                    && chunk.isReadable()
                    && readPiece(chunk, sink)
                    && readAllKept(chunk, sink);
            if (!closed && !more) {
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
        return keptTo - keptFrom + payloadSize;
    }

    /** The bytes of memory that are held for what waits. */
    int reserved() {
        return kept.length + (payload == null ? 0 : payload.length);
    }

    /** Lets go of what was kept. Later bytes are dropped. The sink may call it. */
    @Override
    public void close() {
        closed = true;
        if (!feeding) {
            release();
        }
    }

    /** Gives the payload of a large PUBLISH what the chunk has of it. False: no more can be read. */
    private boolean fillPayload(ByteBuf chunk, FrameSink sink) {
        byte[] to = payload;
        if (to == null) {
            return true;
        }
        int bytes = Math.min(to.length - payloadSize, chunk.readableBytes());
        chunk.readBytes(to, payloadSize, bytes);
        payloadSize += bytes;
        if (payloadSize < to.length) {
            return false;
        }
        payload = null;
        payloadSize = 0;
        return sink.filled() && !closed;
    }

    private boolean readAllKept(ByteBuf chunk, FrameSink sink) {
        boolean more = true;
        while (more && keptTo > keptFrom) {
            more = readKept(chunk, sink);
        }
        return more;
    }

    /** Reads what was kept, after the chunk has given what completes its last packet. False: no more can be read. */
    private boolean readKept(ByteBuf chunk, FrameSink sink) {
        boolean more = read(kept, keptFrom, keptTo, sink);
        keptFrom = position;
        if (keptTo == keptFrom) {
            release();
            return more;
        }
        if (!more || !chunk.isReadable()) {
            return false;
        }
        keep(chunk, Math.min(lacking(kept, keptFrom, keptTo), chunk.readableBytes()));
        return true;
    }

    /** Reads packets that lie whole in a piece of the chunk. False: no more can be read. */
    private boolean readPiece(ByteBuf chunk, FrameSink sink) {
        if (chunk.hasArray()) {
            int from = chunk.arrayOffset() + chunk.readerIndex();
            read(chunk.array(), from, from + chunk.readableBytes(), sink);
            chunk.skipBytes(position - from);
            return false;
        }
        Landing landing = LANDING.get();
        byte[] piece = landing.free == null ? new byte[PIECE] : landing.free;
        landing.free = null;
        try {
            int size = Math.min(chunk.readableBytes(), PIECE);
            while (true) {
                if (size > piece.length) {
                    piece = new byte[size];
                }
                chunk.getBytes(chunk.readerIndex(), piece, 0, size);
                boolean more = read(piece, 0, size, sink);
                chunk.skipBytes(position);
                if (!more || position == size) {
                    return more;
                }
                if (beginPayload(piece, position, size, sink)) {
                    chunk.skipBytes(size - position);
                    return fillPayload(chunk, sink);
                }
                int needed = size - position + lacking(piece, position, size);
                if (needed > chunk.readableBytes() || needed > LARGEST_PIECE) {
                    keep(chunk, Math.min(needed, chunk.readableBytes()));
                    return true;
                }
                if (position > 0) {
                    return true;
                }
                size = Math.max(needed, Math.min(chunk.readableBytes(), PIECE));
            }
        } finally {
            landing.free = piece;
        }
    }

    /** Hands on each packet that is whole; {@link #position} is then behind the last one. False: the sink says stop. */
    private boolean read(byte[] in, int from, int end, FrameSink sink) {
        position = from;
        int index = from;
        while (end - index >= 2) {
            int length = remainingLength(in, index, end);
            int body = index + headerSize;
            if (length == INCOMPLETE || length > end - body) {
                break;
            }
            boolean more = sink.frame(in[index] & 0xFF, in, body, length);
            index = body + length;
            position = index;
            if (!more || closed) {
                return false;
            }
        }
        return true;
    }

    /** Reads and checks the fixed header at {@code index}, where two bytes are at least. Sets {@link #headerSize}. */
    private int remainingLength(byte[] in, int index, int end) {
        int length = in[index + 1];
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
                b = in[index + size];
                length |= (b & 0x7F) << 7 * (size - 1);
                size++;
            } while (b < 0);
            if (b == 0 && shortestLengths) {
                throw new ProtocolViolationException(
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
        if ((in[index] & 0xF0) == 0) {
            throw fault(in, index, ReasonCode.MALFORMED_PACKET, 0, "packet type 0 is reserved; types are 1 to 15");
        }
        headerSize = size;
        return length;
    }

    /** Whether the packet at {@code index} is a large PUBLISH whose payload the sink takes as it comes. */
    private boolean beginPayload(byte[] in, int index, int end, FrameSink sink) {
        if (end - index < LARGE_PUBLISH / 2 || (in[index] & 0xF0) != PacketType.PUBLISH.firstByte()) {
            return false;
        }
        int length = remainingLength(in, index, end);
        if (length < LARGE_PUBLISH || length > LARGEST_CLAIM) {
            return false;
        }
        int body = index + headerSize;
        byte[] to = sink.largePublish(in[index] & 0xFF, in, body, end - body, length);
        if (to == null) {
            return false;
        }
        payload = to;
        payloadSize = to.length - (length - (end - body));
        return true;
    }

    /** How many bytes the packet at {@code index} lacks, as far as its header tells; at least 1. */
    private int lacking(byte[] in, int index, int end) {
        int length = end - index < 2 ? INCOMPLETE : remainingLength(in, index, end);
        return length == INCOMPLETE ? 1 : headerSize + length - (end - index);
    }

    private void keep(ByteBuf chunk, int bytes) {
        if (bytes == 0) {
            return;
        }
        if (bytes > kept.length - keptTo) {
            makeRoom(bytes);
        }
        chunk.readBytes(kept, keptTo, bytes);
        keptTo += bytes;
    }

    /** Room for so many bytes more and as many again, but not more than a packet can need. */
    private void makeRoom(int bytes) {
        int needed = waiting() + bytes;
        byte[] from = kept;
        if (needed > from.length / 2) {
            kept = new byte[waiting() == 0 ? needed : (int) Math.min(2L * needed, Math.max(needed, maximumPacketSize))];
        }
        System.arraycopy(from, keptFrom, kept, 0, waiting());
        keptTo = waiting();
        keptFrom = 0;
    }

    private void release() {
        payload = null;
        payloadSize = 0;
        kept = NOTHING;
        keptFrom = 0;
        keptTo = 0;
    }

    private static ProtocolViolationException fault(byte[] in, int index, ReasonCode reason, int offset, String text) {
        return new ProtocolViolationException(type(in, index), reason, offset, "(section 2.1)", text);
    }

    private static @Nullable PacketType type(byte[] in, int index) {
        int code = (in[index] & 0xFF) >> 4;
        return code == 0 ? null : PacketType.of(code);
    }
}
