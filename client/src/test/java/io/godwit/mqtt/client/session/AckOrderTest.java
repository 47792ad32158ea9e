package io.godwit.mqtt.client.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.mqtt.codec.ProtocolViolationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AckOrderTest {
    private static final int QOS_1 = 1 << 16 | 1 << 18;
    private static final int QOS_2 = 2 << 16 | 1 << 18;

    private final AckOrder order = new AckOrder();

    private List<Integer> due() {
        List<Integer> due = new ArrayList<>();
        for (int token = order.next(); token != 0; token = order.next()) {
            due.add(token & 0xFFFF);
        }
        return due;
    }

    @Test
    void acknowledgements_keep_the_order_of_the_messages_however_many_wait() {
        Random random = new Random(7);
        List<Integer> waiting = new ArrayList<>();
        List<Integer> arrived = new ArrayList<>();
        List<Integer> acknowledged = new ArrayList<>();
        for (int id = 1; id <= 60_000; id++) {
            order.received(QOS_1 | id);
            waiting.add(QOS_1 | id);
            arrived.add(id);
            while (waiting.size() > (id / 10_000 % 2 == 0 ? 10 : 3_000)) {
                order.done(waiting.remove(random.nextInt(waiting.size())));
            }
            acknowledged.addAll(due());
        }

        waiting.forEach(order::done);
        acknowledged.addAll(due());

        assertThat(acknowledged).isEqualTo(arrived);
        assertThat(order.size()).isZero();
    }

    /** The identifiers of a broker that counts up, of one that leaves some out, and of one that takes any that is free. */
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 40_000})
    void each_token_is_found_wherever_identifiers_begin_and_whatever_their_order(int step) {
        Random random = new Random(step);
        List<Integer> waiting = new ArrayList<>();
        List<Integer> arrived = new ArrayList<>();
        List<Integer> acknowledged = new ArrayList<>();
        int id = 65_000;
        for (int i = 0; i < 200_000; i++) {
            id = step == 40_000 ? random.nextInt(65_535) + 1 : (id + step) % 65_536;
            int token = QOS_1 | id;
            if (id != 0 && !waiting.contains(token) && !order.contains(token)) {
                assertThat(order.received(token)).isTrue();
                waiting.add(token);
                arrived.add(id);
            }
            while (waiting.size() > (i / 20_000 % 3 == 0 ? 3 : 200)) {
                int done = waiting.remove(random.nextBoolean() ? 0 : random.nextInt(waiting.size()));
                assertThat(order.contains(done)).isTrue();
                order.done(done);
            }
            acknowledged.addAll(due());
        }

        waiting.forEach(order::done);
        acknowledged.addAll(due());

        assertThat(acknowledged).isEqualTo(arrived);
    }

    @Test
    @Timeout(5)
    void a_message_repeated_a_million_times_behind_one_that_is_not_done_takes_constant_time_and_room() {
        order.received(QOS_1 | 1);
        for (int id = 2; id < 65_000; id++) {
            order.received(QOS_2 | id);
            order.done(QOS_2 | id);
        }

        for (int i = 0; i < 1_000_000; i++) {
            order.received(QOS_2 | 64_999);
            order.done(QOS_2 | 64_999);
        }

        assertThat(order.size()).isEqualTo(64_999);
    }

    @Test
    void a_message_that_was_repeated_while_few_waited_does_not_block_the_others() {
        order.received(QOS_1 | 1);
        order.received(QOS_1 | 2);
        order.received(QOS_1 | 2);
        for (int id = 3; id < 200; id++) {
            order.received(QOS_1 | id);
        }

        for (int id = 199; id > 0; id--) {
            order.done(QOS_1 | id);
            order.done(QOS_1 | id);
        }

        assertThat(due()).hasSize(199).startsWith(1, 2, 3).endsWith(199);
    }

    @Test
    void an_identifier_in_flight_cannot_name_another_message() {
        for (int id = 1; id < 200; id++) {
            order.received(QOS_1 | id);
        }

        assertThatThrownBy(() -> order.received(QOS_2 | 7))
                .isInstanceOf(ProtocolViolationException.class)
                .hasMessageContaining("packet identifier 7");
    }

    @Test
    void a_new_connection_starts_with_nothing() {
        for (int id = 1; id < 200; id++) {
            order.received(QOS_1 | id);
        }
        order.clear();

        order.received(QOS_2 | 7);
        order.done(QOS_2 | 7);

        assertThat(due()).containsExactly(7);
    }
}
