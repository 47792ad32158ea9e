package io.godwit.cli.output;

import io.godwit.mqtt.protocol.Message;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Payloads that are one number of IEEE 754, in the byte order of nearly all machines: the lowest byte first. */
final class Numbers {
    private Numbers() {}

    /** @throws UnprintableException if the payload has not 4 bytes */
    static double ofFloat(Message message) {
        return of(message, Float.BYTES).getFloat();
    }

    /** @throws UnprintableException if the payload has not 8 bytes */
    static double ofDouble(Message message) {
        return of(message, Double.BYTES).getDouble();
    }

    private static ByteBuffer of(Message message, int size) {
        byte[] payload = message.payload();
        if (payload.length != size) {
            throw new UnprintableException("the payload on topic '" + message.topic() + "' has "
                    + payload.length + " bytes, a floating point number of " + (size == Float.BYTES ? "%f" : "%d")
                    + " has " + size);
        }
        return ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
    }
}
