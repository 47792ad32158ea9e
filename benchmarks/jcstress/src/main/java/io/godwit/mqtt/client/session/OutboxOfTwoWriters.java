package io.godwit.mqtt.client.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.concurrent.locks.ReentrantLock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** {@link Outbox}: two writers and one who takes parts, under the lock, as in the client. */
@JCStressTest
@Outcome(id = "8", expect = Expect.ACCEPTABLE, desc = "all bytes came out")
@Outcome(expect = Expect.FORBIDDEN, desc = "bytes were lost, or came twice")
@State
public class OutboxOfTwoWriters {
    private final ReentrantLock lock = new ReentrantLock();
    private final Outbox outbox = new Outbox(UnpooledByteBufAllocator.DEFAULT);
    private int taken;

    private void write() {
        lock.lock();
        try {
            outbox.room(4).writeInt(1);
        } finally {
            lock.unlock();
        }
    }

    private void take() {
        ByteBuf part;
        lock.lock();
        try {
            part = outbox.take();
        } finally {
            lock.unlock();
        }
        if (part != null) {
            taken += part.readableBytes();
            part.release();
        }
    }

    @Actor
    public void oneWriter() {
        write();
    }

    @Actor
    public void anotherWriter() {
        write();
    }

    @Actor
    public void loop() {
        take();
    }

    @Arbiter
    public void counts(I_Result result) {
        take();
        take();
        result.r1 = taken;
    }
}
