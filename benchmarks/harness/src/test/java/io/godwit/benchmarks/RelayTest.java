package io.godwit.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RelayTest {
    private static final int WINDOW = 4;

    private final PublishLoad load = new PublishLoad("a", new byte[64], 1, WINDOW);
    private final Relay relay = new Relay(load);
    private final AtomicInteger taken = new AtomicInteger();

    private void awaitTaken(int count) {
        await().until(() -> taken.get() == count);
    }

    @Test
    void gives_a_window_of_messages_and_more_when_half_of_them_have_arrived() throws Exception {
        Thread publisher = new Thread(() -> {
            while (relay.next() != null) {
                taken.incrementAndGet();
            }
        });
        publisher.start();
        awaitTaken(WINDOW);

        relay.arrived(0);
        relay.arrived(0);
        awaitTaken(WINDOW + 2);

        assertThat(load.count()).isEqualTo(2);
        load.stop();
        publisher.join();
    }

    @Test
    void a_stopped_load_gives_no_message() {
        load.stop();

        assertThat(relay.next()).isNull();
    }
}
