package io.godwit.mqtt.codec;

import org.jspecify.annotations.Nullable;

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
     * @return whether the reader should go on; false keeps what has not been read for the next {@link PacketReader#feed}
     */
    boolean frame(int firstByte, byte[] in, int index, int length);

    /**
     * A large PUBLISH has begun to arrive. Whoever makes the array of its payload here has the rest read straight into it;
     * then comes {@link #filled} in place of {@link #frame}. What has come of the packet is there for the call only.
     *
     * @param available how much of the body has come, at least its first kilobytes
     * @param length the remaining length
     * @return the payload, with its beginning as far as that has come; null: the packet is wanted whole
     */
    default byte @Nullable [] largePublish(int firstByte, byte[] in, int index, int available, int length) {
        return null;
    }

    /** The payload that {@link #largePublish} has given is full. Returns whether the reader should go on. */
    default boolean filled() {
        throw new IllegalStateException("no payload was given");
    }
}
