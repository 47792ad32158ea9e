package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.netty.buffer.Unpooled;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * {@link MessageDispatcher} and the session's lock: messages come while the handlers' thread is about to find that none is left.
 * Whoever sees the other last has to go on.
 */
@JCStressTest
@Outcome(id = "2, 1", expect = Expect.ACCEPTABLE, desc = "both messages were handled, by one thread at a time")
@Outcome(expect = Expect.FORBIDDEN, desc = "a message was left, or two threads were in the handler")
@State
public class HandoffOfDelivery {
    private static final byte[] CONNACK = {0x20, 2, 0, 0};
    private static final byte[] PUBLISH = {0x30, 4, 0, 1, 't', 'x'};

    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicInteger handled = new AtomicInteger();
    private final GuardedSession session;

    public HandoffOfDelivery() {
        MqttClient client = MqttClient.builder()
                .server("mqtt://127.0.0.1:1")
                .executor(tasks::add)
                .handler("t", message -> {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    handled.incrementAndGet();
                    inside.decrementAndGet();
                })
                .build();
        session = ((RealMqttClient) client).session();
        session.run(locked -> locked.open(
                new Connect(ProtocolVersion.V3_1_1, "c", true, 0, null, null, null, MqttProperties.NONE), 0));
        receive(CONNACK);
    }

    private void receive(byte[] packet) {
        session.run(locked -> locked.received(Unpooled.wrappedBuffer(packet), 0));
    }

    @Actor
    public void loop() {
        receive(PUBLISH);
        receive(PUBLISH);
    }

    @Actor
    public void handlers() {
        for (int i = 0; i < 50; i++) {
            runOne();
        }
    }

    private boolean runOne() {
        Runnable task = tasks.poll();
        if (task != null) {
            task.run();
        }
        return task != null;
    }

    @Arbiter
    public void counts(II_Result result) {
        while (runOne()) {
            Thread.onSpinWait();
        }
        result.r1 = handled.get();
        result.r2 = most.get();
    }
}
