package io.godwit.kafka.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.protocol.Message;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ReceiveBufferTest {
    private static final PendingMessage MESSAGE = new PendingMessage(Message.of("a", new byte[1000]), () -> {}, 0);

    @Test
    void a_full_buffer_keeps_the_next_message_waiting_until_kafka_has_one() throws Exception {
        ReceiveBuffer buffer = new ReceiveBuffer(10, MESSAGE.bytes());
        buffer.add(MESSAGE);
        CompletableFuture<Boolean> second = add(buffer);
        buffer.take(10, 0);
        assertThat(second).isNotDone();

        buffer.done(MESSAGE.bytes());

        await().until(second::isDone);
        assertThat(second.join()).isTrue();
    }

    @Test
    void so_does_one_with_as_many_messages_as_it_may_have() throws Exception {
        ReceiveBuffer buffer = new ReceiveBuffer(1, Long.MAX_VALUE);
        buffer.add(MESSAGE);
        CompletableFuture<Boolean> second = add(buffer);
        buffer.take(10, 0);
        assertThat(second).isNotDone();

        buffer.done(MESSAGE.bytes());

        await().until(second::isDone);
    }

    @Test
    void one_message_of_any_size_has_room() throws Exception {
        assertThat(new ReceiveBuffer(10, 1).add(MESSAGE)).isTrue();
    }

    @Test
    void closing_wakes_who_waits_and_drops_what_waits() throws Exception {
        ReceiveBuffer buffer = new ReceiveBuffer(10, MESSAGE.bytes());
        buffer.add(MESSAGE);
        CompletableFuture<Boolean> second = add(buffer);

        buffer.close();

        await().until(second::isDone);
        assertThat(second.join()).isFalse();
        assertThat(buffer.take(10, 1000)).isEmpty();
    }

    private static CompletableFuture<Boolean> add(ReceiveBuffer buffer) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return buffer.add(MESSAGE);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                },
                task -> new Thread(task).start());
    }
}
