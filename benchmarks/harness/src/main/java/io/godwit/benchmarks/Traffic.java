package io.godwit.benchmarks;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Messages from one publishing thread to a handler, of the same connection or of another. Each begins with eight bytes of its own. */
public interface Traffic {

    /** Waits until the next message is to be published and gives its payload; null: there are no more. The publishing thread. */
    byte @Nullable [] next();

    /** A message has arrived that begins with these eight bytes. Any thread. */
    void arrived(long first);

    /** A message has arrived. Any thread. */
    default void arrived(byte[] message) {
        arrived(ByteBuffer.wrap(message).getLong());
    }
}
