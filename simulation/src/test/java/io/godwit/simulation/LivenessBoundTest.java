package io.godwit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LivenessBoundTest {
    private static final long SECONDS = 1_000_000_000L;
    private static final long START = 21 * SECONDS;

    @Test
    void it_is_two_minutes_if_no_message_waits_for_a_handler() {
        assertThat(secondsOfRun(0, 1, true)).isEqualTo(120);
    }

    @Test
    void messages_that_wait_one_after_the_other_may_take_longer() {
        assertThat(secondsOfRun(130, 10, true)).isEqualTo(250);
    }

    @Test
    void a_client_that_acknowledges_nothing_more_is_found_after_two_minutes() {
        assertThat(secondsOfRun(130, Integer.MAX_VALUE, true)).isEqualTo(120);
    }

    @Test
    void a_client_that_stops_later_is_found_twenty_seconds_after_its_last_acknowledgement() {
        LivenessBound bound = new LivenessBound(START, 130 * SECONDS);

        assertThat(bound.isOver(START + 115 * SECONDS, 1, true)).isFalse();
        assertThat(bound.isOver(START + 134 * SECONDS, 1, true)).isFalse();
        assertThat(bound.isOver(START + 135 * SECONDS, 1, true)).isTrue();
    }

    @Test
    void a_publish_is_not_held_up_by_messages() {
        assertThat(secondsOfRun(130, 10, false)).isEqualTo(120);
    }

    /** How long a run lasts that never finishes, and whose client acknowledges a message each {@code interval} seconds. */
    private static int secondsOfRun(int waits, int interval, boolean onlyMessages) {
        LivenessBound bound = new LivenessBound(START, waits * SECONDS);
        int seconds = 0;
        while (!bound.isOver(START + seconds * SECONDS, seconds / interval, onlyMessages)) {
            seconds++;
        }
        return seconds;
    }
}
