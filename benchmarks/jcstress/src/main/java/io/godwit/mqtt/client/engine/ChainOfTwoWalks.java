package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.session.Outcome;
import io.godwit.mqtt.client.session.PublishExchange;
import io.godwit.mqtt.client.session.Session;
import io.godwit.mqtt.client.session.SessionConfig;
import io.godwit.mqtt.client.store.QueueBounds;
import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.store.SessionLoss;
import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.ReasonCode;
import io.netty.buffer.ByteBufAllocator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** {@link FutureCompleter}: one walk completes a chain while the event loop takes it for stuck and lets another take over. */
@JCStressTest
@org.openjdk.jcstress.annotations.Outcome(
        id = "8, 1",
        expect = Expect.ACCEPTABLE,
        desc = "each future was completed once, by whichever walk, and who waited behind them was resumed once")
@org.openjdk.jcstress.annotations.Outcome(
        expect = Expect.FORBIDDEN,
        desc = "a future was left behind or completed twice, or who waited was not resumed once")
@State
public class ChainOfTwoWalks {
    private static final int LENGTH = 8;

    private final List<Done> chain = new ArrayList<>();
    private final Loop loop = new Loop();
    private final AtomicInteger resumed = new AtomicInteger();
    private final AtomicInteger completed = new AtomicInteger();
    private @Nullable Runnable walk;

    public ChainOfTwoWalks() {
        Session session = new Session(
                new SessionConfig(
                        ProtocolVersion.V3_1_1,
                        new SessionConfig.Sending(
                                new QueueBounds(100, 1 << 20, QueueBounds.WhenFull.FAIL),
                                100,
                                100,
                                SessionLoss.FAIL,
                                0),
                        new SessionConfig.Receiving(100, 1 << 20, 0, false),
                        0),
                SessionLog.NONE,
                ByteBufAllocator.DEFAULT);
        GuardedSession guarded =
                new GuardedSession(session, loop, new JoinWaiters(loop, new HandlerThread(), Duration.ofSeconds(30)));
        FutureCompleter completer =
                new FutureCompleter(this::execute, new CallContext(null), loop, guarded, false, thread -> true);
        for (int i = 0; i < LENGTH; i++) {
            Done publish = new Done();
            chain.add(publish);
            session.publish(publish, 0);
        }
        session.end(new io.godwit.mqtt.client.session.Failure(
                io.godwit.mqtt.client.session.Failure.Kind.CLOSED,
                ReasonCode.UNSPECIFIED_ERROR,
                "closed",
                MqttProperties.NONE));
        completer.completeAll();
        completer.passes(LENGTH, resumed::incrementAndGet);
    }

    private void execute(Runnable task) {
        if (walk == null) {
            walk = task;
        } else {
            task.run();
        }
    }

    @Actor
    public void walks() {
        walk.run();
    }

    @Actor
    public void looks() {
        loop.look();
        loop.look();
        loop.look();
    }

    @Arbiter
    public void counts(II_Result result) {
        result.r1 = completed.get();
        result.r2 = resumed.get();
    }

    private final class Done extends PublishExchange<String> {
        Done() {
            super(Message.of("t", "x"), false);
        }

        @Override
        protected void finish(Outcome result) {
            completed.incrementAndGet();
        }
    }

    /** Keeps the last task that was to run later. */
    private static final class Loop implements EventLoop {
        private volatile @Nullable Runnable task;

        void look() {
            Runnable last = task;
            if (last != null) {
                last.run();
            }
        }

        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public boolean inLoop() {
            return false;
        }

        @Override
        public void execute(Runnable now) {
            now.run();
        }

        @Override
        public Cancellable schedule(Runnable later, long delayNanos) {
            task = later;
            return () -> {};
        }
    }
}
