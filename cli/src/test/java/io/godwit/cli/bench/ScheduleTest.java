package io.godwit.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When messages are due, whatever happens. */
class ScheduleTest {
    @Test
    void events_are_due_evenly() {
        Schedule schedule = new Schedule(5_000, 1_000);

        assertThat(schedule.at(0)).isEqualTo(5_000);
        assertThat(schedule.at(1)).isEqualTo(1_005_000);
        assertThat(schedule.at(1_000)).isEqualTo(1_000_005_000);
    }

    @Test
    void a_rate_that_does_not_divide_a_second_does_not_drift() {
        Schedule schedule = new Schedule(0, 3);

        assertThat(schedule.at(3_000_000)).isEqualTo(1_000_000_000_000_000L);
        assertThat(schedule.at(3_000_001)).isEqualTo(1_000_000_333_333_333L);
    }

    @Test
    void less_than_one_a_second_is_a_rate_too() {
        assertThat(new Schedule(0, 0.1).at(2)).isEqualTo(20_000_000_000L);
    }

    @Test
    void a_stamp_is_read_as_it_was_written() {
        byte[] payload = new byte[30];
        PayloadHeader.write(payload, 0xCAFEBABE, 70_000, 1L << 40, -5);

        assertThat(PayloadHeader.isOf(0xCAFEBABE, payload)).isTrue();
        assertThat(PayloadHeader.isOf(1, payload)).isFalse();
        assertThat(PayloadHeader.publisher(payload)).isEqualTo(70_000);
        assertThat(PayloadHeader.sequence(payload)).isEqualTo(1L << 40);
        assertThat(PayloadHeader.due(payload)).isEqualTo(-5);
    }

    @Test
    void a_payload_without_room_stays_as_it_is() {
        byte[] payload = new byte[PayloadHeader.LENGTH - 1];
        PayloadHeader.write(payload, 7, 7, 7, 7);

        assertThat(payload).containsOnly(0);
        assertThat(PayloadHeader.isOf(0, payload)).isFalse();
    }
}
