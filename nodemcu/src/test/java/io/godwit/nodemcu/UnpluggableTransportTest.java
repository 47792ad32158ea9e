package io.godwit.nodemcu;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.TransportException;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.Attempt;
import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.Connection;
import io.godwit.mqtt.client.transport.ConnectionListener;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.client.transport.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UnpluggableTransportTest {

    private static final TransportOptions OPTIONS = TransportOptions.builder()
            .servers(List.of(ServerAddress.of(ServerAddress.Scheme.MQTT, "b", 1883)))
            .build();

    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final List<String> written = new ArrayList<>();
    private @Nullable Connection clients;

    /** Runs its tasks when the test says so. */
    private final EventLoop loop = new EventLoop() {
        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public boolean inLoop() {
            return true;
        }

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        @Override
        public Cancellable schedule(Runnable task, long delayNanos) {
            return () -> {};
        }
    };

    private final Connection network = new Connection() {
        @Override
        public void write(ByteBuf bytes) {
            written.add(bytes.toString(StandardCharsets.US_ASCII));
            bytes.release();
        }

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public void setReading(boolean reading) {}

        @Override
        public void close(boolean flush) {}

        @Override
        public String describe() {
            return "a network of this test";
        }

        @Override
        public ServerAddress address() {
            return OPTIONS.servers().get(0);
        }
    };

    private final ConnectionListener client = new ConnectionListener() {
        @Override
        public void connected(Connection connection) {
            clients = connection;
        }

        @Override
        public void failed(TransportException failure) {}

        @Override
        public void received(ByteBuf bytes) {}

        @Override
        public void readComplete() {}

        @Override
        public void writabilityChanged() {}

        @Override
        public void closed(@Nullable Throwable cause) {}
    };

    private final UnpluggableTransport transport = new UnpluggableTransport(new Transport() {
        @Override
        public EventLoop nextLoop() {
            return loop;
        }

        @Override
        public Attempt open(EventLoop on, TransportOptions options, ConnectionListener listener) {
            tasks.add(() -> listener.connected(network));
            return () -> {};
        }

        @Override
        public void close() {}
    });

    private void runTasks() {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    private void write(String text) {
        assertThat(clients).isNotNull();
        clients.write(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
    }

    @Test
    void what_has_waited_for_the_network_goes_first() {
        transport.open(loop, OPTIONS, client);
        runTasks();
        transport.plug(false);
        runTasks();
        write("first");
        assertThat(written).isEmpty();

        // The loop has not heard of it yet.
        transport.plug(true);
        write("second");
        runTasks();

        assertThat(written).containsExactly("first", "second");
    }
}
