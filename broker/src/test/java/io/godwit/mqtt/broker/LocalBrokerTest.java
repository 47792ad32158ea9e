package io.godwit.mqtt.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.HexFormat;
import java.util.PriorityQueue;
import org.junit.jupiter.api.Test;

class LocalBrokerTest {
    private final VirtualClock clock = new VirtualClock();
    private final LocalBroker broker = new LocalBroker(clock, BrokerSettings.defaults());
    private final StringBuilder received = new StringBuilder();

    private final LocalBroker.Peer peer = new LocalBroker.Peer() {
        @Override
        public void received(ByteBuf bytes) {
            received.append(HexFormat.of().formatHex(ByteBufUtil.getBytes(bytes)));
        }

        @Override
        public void closed() {
            received.append("end");
        }
    };

    @Test
    void runs_on_a_clock_from_outside() {
        LocalConnection connection = broker.connect(peer);
        connection.write(HexFormat.of().parseHex("100d00044d51545404020002000178"));
        clock.pass(1);
        assertThat(received).hasToString("20020000");

        clock.pass(5); // keep-alive is 2 s

        assertThat(received).hasToString("20020000end");
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void ends_connections_while_offline() {
        broker.offline(true);

        broker.connect(peer);
        clock.pass(1);

        assertThat(received).hasToString("end");
    }

    /** Time that moves only when told. */
    private static final class VirtualClock implements BrokerClock {
        private record Task(long at, long number, Runnable work) {}

        private final PriorityQueue<Task> tasks = new PriorityQueue<>((a, b) -> {
            int byTime = Long.compare(a.at, b.at);
            return byTime != 0 ? byTime : Long.compare(a.number, b.number);
        });
        private long now;
        private long number;

        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public void execute(Runnable task) {
            schedule(task, 0);
        }

        @Override
        public Runnable schedule(Runnable task, long delayNanos) {
            Task planned = new Task(now + delayNanos, number++, task);
            tasks.add(planned);
            return () -> tasks.remove(planned);
        }

        void pass(int seconds) {
            long end = now + seconds * 1_000_000_000L;
            while (!tasks.isEmpty() && tasks.peek().at <= end) {
                Task task = tasks.remove();
                now = Math.max(now, task.at);
                task.work.run();
            }
            now = end;
        }
    }
}
