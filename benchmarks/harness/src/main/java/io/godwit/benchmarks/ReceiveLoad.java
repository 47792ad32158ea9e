package io.godwit.benchmarks;

import java.util.concurrent.atomic.AtomicLong;

/** Counts what a handler is given. The libraries call handlers of one connection one at a time, so no lock is paid. */
public final class ReceiveLoad {

    private final int payloadLength;
    private final AtomicLong count = new AtomicLong();

    public ReceiveLoad(int payloadLength) {
        this.payloadLength = payloadLength;
    }

    /** One message came, with a payload of that many bytes. */
    public void received(int length) {
        if (length != payloadLength) {
            throw new IllegalStateException("a payload of " + length + " bytes came instead of " + payloadLength);
        }
        count.lazySet(count.getPlain() + 1);
    }

    /** Several messages came at once, counted by their bytes: for the plain socket, which does not look inside. */
    public void receivedMany(long messages) {
        count.lazySet(count.getPlain() + messages);
    }

    public int payloadLength() {
        return payloadLength;
    }

    public long count() {
        return count.get();
    }
}
