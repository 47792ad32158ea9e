package io.godwit.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final int PAYLOAD = 64;
    private static final int PER_SECOND = 100_000;

    private final Pace pace = new Pace(PAYLOAD, PER_SECOND);

    private long due() {
        byte[] payload = Objects.requireNonNull(pace.next());
        assertThat(payload).hasSize(PAYLOAD);
        return ByteBuffer.wrap(payload).getLong();
    }

    @Test
    void messages_are_due_at_the_rate_however_late_the_publisher_asks() {
        long first = due();
        while (System.nanoTime() - first < TimeUnit.MILLISECONDS.toNanos(5)) {
            Thread.onSpinWait();
        }

        assertThat(due() - first).isEqualTo(10_000);
        assertThat(due() - first).isEqualTo(20_000);
        assertThat(System.nanoTime()).isGreaterThanOrEqualTo(due());
    }

    @Test
    void a_latency_counts_from_when_the_message_was_due() {
        pace.record();
        long due = due();
        while (System.nanoTime() - due < TimeUnit.MILLISECONDS.toNanos(3)) {
            Thread.onSpinWait();
        }
        pace.arrived(due);

        assertThat(pace.sent()).isEqualTo(1);
        assertThat(pace.arrived()).isEqualTo(1);
        assertThat(pace.quantile(0.5)).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(3) * 999 / 1000);
    }

    @Test
    void what_is_due_before_and_behind_the_measurement_is_not_recorded() {
        long before = due();
        pace.record();
        pace.endRecord();
        long behind = due();

        pace.arrived(before);
        pace.arrived(behind);

        assertThat(pace.sent()).isZero();
        assertThat(pace.arrived()).isZero();
    }

    @Test
    void a_stopped_pace_gives_no_message() {
        pace.stop();

        assertThat(pace.next()).isNull();
    }
}
