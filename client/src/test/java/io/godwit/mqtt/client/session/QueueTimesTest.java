package io.godwit.mqtt.client.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QueueTimesTest {
    private final QueueTimes times = new QueueTimes();

    @Test
    void nothing_is_known_before_the_first_mark() {
        assertThat(times.of(1, 77)).isEqualTo(77);
    }

    @Test
    void between_two_marks_the_earlier_one_counts() {
        times.mark(10, 100, 10);
        times.mark(20, 200, 10);

        assertThat(times.of(10, 0)).isEqualTo(100);
        assertThat(times.of(19, 0)).isEqualTo(100);
        assertThat(times.of(20, 0)).isEqualTo(200);
        assertThat(times.of(9, 0)).as("queued before the first mark").isEqualTo(100);
    }

    @Test
    void a_long_queue_keeps_the_marks_of_what_is_in_it() {
        for (int i = 1; i <= 1_000; i++) {
            times.mark(i, i * 10L, Math.max(1, i - 100));
        }

        assertThat(times.of(900, 0)).isEqualTo(9_000);
        assertThat(times.of(955, 0)).isEqualTo(9_550);
        assertThat(times.of(1_000, 0)).isEqualTo(10_000);
    }

    @Test
    void an_empty_queue_knows_nothing() {
        times.mark(1, 100, 1);

        times.clear();

        assertThat(times.of(2, 77)).isEqualTo(77);
    }
}
