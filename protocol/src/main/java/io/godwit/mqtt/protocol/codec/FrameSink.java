package io.godwit.mqtt.protocol.codec;

/** Takes the packets that a {@link PacketReader} finds. */
@FunctionalInterface
public interface FrameSink {
    /**
     * One whole packet. The array is there for the call only and not to be written to.
     *
     * @param firstByte type and flags, 0x10 to 0xFF
     * @param in holds the body; what is around it belongs to other packets
     * @param index where the body begins
     * @param length the remaining length: the size of the body in bytes
     * @return whether the reader shall go on; false keeps what has not been read for the next {@link PacketReader#feed}
     */
    boolean frame(int firstByte, byte[] in, int index, int length);
}
