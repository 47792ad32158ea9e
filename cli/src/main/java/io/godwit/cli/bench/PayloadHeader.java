package io.godwit.cli.bench;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * What a payload begins with, so that the subscriber can tell what it is: the run, the publisher, the place in the
 * publisher's sequence, and the time at which it was due. 24 bytes, big-endian; a time is what {@link System#nanoTime} says
 * in this process. Payloads of the user's own have it beside them, in the correlation data of MQTT 5.
 */
final class PayloadHeader {
    static final int LENGTH = 24;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private PayloadHeader() {}

    /** Stamps a payload that has the room; a shorter one stays as it is. */
    static void write(byte[] payload, int run, int publisher, long sequence, long due) {
        if (payload.length >= LENGTH) {
            INT.set(payload, 0, run);
            INT.set(payload, 4, publisher);
            LONG.set(payload, 8, sequence);
            LONG.set(payload, 16, due);
        }
    }

    /** Whether the payload was stamped in this run. */
    static boolean isOf(int run, byte[] payload) {
        return payload.length >= LENGTH && (int) INT.get(payload, 0) == run;
    }

    static int publisher(byte[] payload) {
        return (int) INT.get(payload, 4);
    }

    static long sequence(byte[] payload) {
        return (long) LONG.get(payload, 8);
    }

    static long due(byte[] payload) {
        return (long) LONG.get(payload, 16);
    }
}
