package io.godwit.mqtt.client.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.EventLoop;
import org.junit.jupiter.api.Test;

class LinkSpeedTest {
    private final Clock clock = new Clock();
    private final LinkSpeed speed = new LinkSpeed();

    /** Gives as many bytes as a proof takes, in this time; returns whether the link is found fast. */
    private boolean prove(long millis) {
        boolean fast = false;
        for (int i = 0; i < 4; i++) {
            clock.pass(millis / 4);
            fast |= speed.isNowFast(LinkSpeed.PROOF / 4, clock);
        }
        return fast;
    }

    @Test
    void a_link_that_takes_four_mebibytes_within_a_second_is_fast() {
        speed.isNowFast(1, clock);

        assertThat(prove(999)).isTrue();
        assertThat(prove(100)).as("reported once").isFalse();
    }

    @Test
    void a_slower_link_stays_thin_until_it_is_fast() {
        speed.isNowFast(1, clock);

        assertThat(prove(1001)).isFalse();
        assertThat(prove(500)).isTrue();
    }

    @Test
    void a_fast_link_is_thin_when_it_writes_less_than_a_mebibyte_per_second() {
        speed.isNowFast(1, clock);
        prove(100);
        speed.isNowThin(LinkSpeed.THIN, clock);

        clock.pass(1000);

        assertThat(speed.isNowThin(1, clock)).isTrue();
        assertThat(prove(100)).as("fast again").isTrue();
    }

    @Test
    void a_fast_link_that_writes_a_mebibyte_per_second_stays_fast() {
        speed.isNowFast(1, clock);
        prove(100);
        speed.isNowThin(LinkSpeed.THIN, clock);

        clock.pass(1000);

        assertThat(speed.isNowThin(0, clock)).isFalse();
    }

    @Test
    void a_moment_without_progress_proves_nothing() {
        speed.isNowFast(1, clock);
        prove(100);

        for (int i = 0; i < 10; i++) {
            assertThat(speed.isNowThin(LinkSpeed.THIN, clock)).isFalse();
            clock.pass(20);
        }
        clock.pass(800);

        assertThat(speed.isNowThin(1, clock)).as("but a second does").isTrue();
    }

    @Test
    void time_in_which_nothing_waits_does_not_count() {
        speed.isNowFast(1, clock);
        prove(100);
        speed.isNowThin(100, clock);
        speed.idle();

        clock.pass(100_000);

        assertThat(speed.isNowThin(100, clock)).isFalse();
    }

    private static final class Clock implements EventLoop {
        private long now = 1;

        void pass(long millis) {
            now += millis * 1_000_000;
        }

        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public boolean inLoop() {
            return true;
        }

        @Override
        public void execute(Runnable task) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Cancellable schedule(Runnable task, long delayNanos) {
            throw new UnsupportedOperationException();
        }
    }
}
