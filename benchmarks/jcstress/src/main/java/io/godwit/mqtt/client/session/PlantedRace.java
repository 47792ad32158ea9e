package io.godwit.mqtt.client.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** The outbox without its lock: shows that the tests here can fail. */
@JCStressTest
@Outcome(id = "8", expect = Expect.ACCEPTABLE, desc = "all bytes came out, by luck")
@Outcome(expect = Expect.FORBIDDEN, desc = "bytes were lost")
@State
public class PlantedRace {
    private final Outbox outbox = new Outbox(UnpooledByteBufAllocator.DEFAULT);

    @Actor
    public void oneWriter() {
        outbox.room(4).writeInt(1);
    }

    @Actor
    public void anotherWriter() {
        outbox.room(4).writeInt(1);
    }

    @Arbiter
    public void counts(I_Result result) {
        for (ByteBuf part = outbox.take(); part != null; part = outbox.take()) {
            result.r1 += part.readableBytes();
            part.release();
        }
    }
}
