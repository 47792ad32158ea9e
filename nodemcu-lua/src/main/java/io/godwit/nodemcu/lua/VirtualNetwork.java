package io.godwit.nodemcu.lua;

import io.godwit.mqtt.broker.BrokerClock;
import io.godwit.mqtt.broker.BrokerListener;
import io.godwit.mqtt.broker.BrokerSettings;
import io.godwit.mqtt.broker.LocalBroker;
import io.godwit.mqtt.broker.LocalConnection;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.Attempt;
import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.Connection;
import io.godwit.mqtt.client.transport.ConnectionListener;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.client.transport.Transport;
import io.godwit.nodemcu.lua.device.VirtualClock;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A network of nothing but memory: every address leads to one broker that lives in the same virtual clock as the
 * devices. All of it runs on the thread that advances the clock.
 */
final class VirtualNetwork implements Transport {

    /** One way; what a broker in the same house needs. */
    private static final long LATENCY_NANOS = Duration.ofMillis(2).toNanos();

    private final VirtualClock clock;
    private final LocalBroker broker;
    private final Loop loop;

    VirtualNetwork(VirtualClock clock, BrokerListener listener) {
        this.clock = clock;
        this.broker = new LocalBroker(new Clock(clock), BrokerSettings.defaults(), listener);
        this.loop = new Loop(clock);
    }

    LocalBroker broker() {
        return broker;
    }

    private record Clock(VirtualClock clock) implements BrokerClock {
        @Override
        public long nanoTime() {
            return clock.nanoTime();
        }

        @Override
        public void execute(Runnable task) {
            clock.execute(task);
        }

        @Override
        public Runnable schedule(Runnable task, long delayNanos) {
            return clock.schedule(task, delayNanos)::cancel;
        }
    }

    private static final class Loop implements EventLoop {
        private final VirtualClock clock;
        private boolean running;

        Loop(VirtualClock clock) {
            this.clock = clock;
        }

        @Override
        public long nanoTime() {
            return clock.nanoTime();
        }

        @Override
        public boolean inLoop() {
            return running;
        }

        private Runnable inside(Runnable task) {
            return () -> {
                running = true;
                try {
                    task.run();
                } finally {
                    running = false;
                }
            };
        }

        @Override
        public void execute(Runnable task) {
            clock.execute(inside(task));
        }

        @Override
        public Cancellable schedule(Runnable task, long delayNanos) {
            return clock.schedule(inside(task), delayNanos)::cancel;
        }
    }

    @Override
    public EventLoop nextLoop() {
        return loop;
    }

    @Override
    public Attempt open(EventLoop on, TransportOptions options, ConnectionListener listener) {
        Line line = new Line(options.servers().get(0), listener);
        on.schedule(line::open, LATENCY_NANOS);
        return line;
    }

    @Override
    public void close() {
        clock.close();
    }

    private final class Line implements Connection, Attempt, LocalBroker.Peer {
        private final ServerAddress address;
        private final ConnectionListener listener;
        private final ArrayDeque<ByteBuf> unread = new ArrayDeque<>(2);
        private @Nullable LocalConnection connection;
        private boolean reading = true;
        private boolean cancelled;
        private boolean ended;

        Line(ServerAddress address, ConnectionListener listener) {
            this.address = address;
            this.listener = listener;
        }

        void open() {
            if (!cancelled) {
                connection = broker.connect(this);
                listener.connected(this);
            }
        }

        private LocalConnection connection() {
            if (connection == null) {
                throw new IllegalStateException("not connected yet");
            }
            return connection;
        }

        // ---- from the broker

        @Override
        public void received(ByteBuf bytes) {
            unread.add(bytes.retain());
            loop.schedule(this::deliver, LATENCY_NANOS);
        }

        private void deliver() {
            if (!reading) {
                return;
            }
            boolean any = !unread.isEmpty();
            while (reading && !unread.isEmpty()) {
                ByteBuf bytes = unread.poll();
                try {
                    if (!cancelled && !ended) {
                        listener.received(bytes);
                    }
                } finally {
                    bytes.release();
                }
            }
            if (any && !cancelled && !ended) {
                listener.readComplete();
            }
        }

        @Override
        public void closed() {
            loop.schedule(this::end, LATENCY_NANOS);
        }

        private void end() {
            if (!ended) {
                deliver();
                ended = true;
                if (!cancelled) {
                    listener.closed(null);
                }
            }
        }

        // ---- from the client

        @Override
        public void write(ByteBuf bytes) {
            loop.schedule(() -> connection().write(bytes), LATENCY_NANOS);
        }

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public void setReading(boolean newReading) {
            reading = newReading;
            if (newReading) {
                loop.execute(this::deliver);
            }
        }

        @Override
        public void close(boolean flush) {
            loop.schedule(
                    () -> {
                        connection().close();
                        end();
                    },
                    LATENCY_NANOS);
        }

        @Override
        public String describe() {
            return "virtual network to " + address.authority();
        }

        @Override
        public ServerAddress address() {
            return address;
        }

        @Override
        public void cancel() {
            cancelled = true;
            if (connection != null) {
                loop.schedule(connection::close, LATENCY_NANOS);
            }
        }
    }
}
