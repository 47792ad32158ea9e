package io.godwit.mqtt.protocol.codec;

import io.netty.buffer.ByteBuf;

/** Takes the packets that a {@link PacketReader} finds. */
@FunctionalInterface
public interface FrameSink {
    /**
     * One whole packet. Its body begins at the buffer's reader index; the sink may move that index or leave it. The bytes
     * are there for the call only.
     *
     * @param firstByte type and flags, 0x10 to 0xFF
     * @param in holds the body; what follows it belongs to other packets
     * @param length the remaining length: the size of the body in bytes
     * @return whether the reader shall go on; false keeps what has not been read for the next {@link PacketReader#feed}
     */
    boolean frame(int firstByte, ByteBuf in, int length);
}
