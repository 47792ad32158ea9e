package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.session.Exchange;
import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.EventLoop;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** {@link FutureCompleter}: one walk completes a chain while the event loop takes it for stuck and lets another one begin. */
@JCStressTest
@Outcome(id = "8", expect = Expect.ACCEPTABLE, desc = "each future was completed, by whichever walk")
@Outcome(expect = Expect.FORBIDDEN, desc = "a future was left behind")
@State
public class ChainOfTwoWalks {
    private static final int LENGTH = 8;

    private final List<Done> chain = new ArrayList<>();
    private final Loop loop = new Loop();
    private @Nullable Runnable walk;

    public ChainOfTwoWalks() {
        for (int i = 0; i < LENGTH; i++) {
            chain.add(new Done());
            if (i > 0) {
                chain.get(i - 1).link(chain.get(i));
            }
        }
        new FutureCompleter(this::execute, loop, new JoinWaiters(), false).finish(chain.get(0));
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
        while (loop.task == null) {
            Thread.onSpinWait();
        }
        loop.task.run();
        loop.task.run();
    }

    @Arbiter
    public void counts(I_Result result) {
        result.r1 = (int) chain.stream().filter(Done::isDone).count();
    }

    private static final class Done extends Exchange<String> {
        Done() {
            super(null, false);
        }

        @Override
        protected void finish(@Nullable Object result) {
            complete("done");
        }
    }

    /** Keeps the last task that was to run later. */
    private static final class Loop implements EventLoop {
        volatile @Nullable Runnable task;

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
