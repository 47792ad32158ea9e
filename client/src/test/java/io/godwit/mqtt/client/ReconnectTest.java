package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How long the policies wait. */
class ReconnectTest {
    @Test
    void exponential_delays_are_random_in_the_upper_half_of_what_doubles() {
        Reconnect policy = Reconnect.exponential(Duration.ofSeconds(1), Duration.ofSeconds(30));
        for (int number = 1; number <= 100; number++) {
            Duration most = Duration.ofSeconds(Math.min(30, 1L << Math.min(number - 1, 10)));
            List<Duration> delays = delays(policy, number);
            assertThat(delays).allSatisfy(delay -> assertThat(delay).isBetween(most.dividedBy(2), most));
            assertThat(Collections.min(delays)).isLessThan(most.multipliedBy(5).dividedBy(8));
            assertThat(Collections.max(delays))
                    .isGreaterThan(most.multipliedBy(7).dividedBy(8));
        }
    }

    @Test
    void the_longest_delays_that_are_allowed_are_not_too_long_to_compute() {
        Duration year = Duration.ofDays(365);
        assertThat(delays(Reconnect.exponential(year, year), Integer.MAX_VALUE))
                .allSatisfy(delay -> assertThat(delay).isBetween(year.dividedBy(2), year));
        assertThat(delays(Reconnect.exponential(Duration.ofNanos(1), year), Integer.MAX_VALUE))
                .allSatisfy(delay -> assertThat(delay).isBetween(year.dividedBy(2), year));
        assertThat(delays(Reconnect.exponential(Duration.ZERO, year), 40)).containsOnly(Duration.ZERO);
        assertThat(delays(Reconnect.decorrelated(year, year), 3)).containsOnly(year);
    }

    private static List<Duration> delays(Reconnect policy, int number) {
        Reconnect.Attempt attempt = new Reconnect.Attempt(number, null, null);
        return Stream.generate(() -> Objects.requireNonNull(policy.delay(attempt)))
                .limit(100)
                .toList();
    }

    @Test
    void delays_that_cannot_be_are_refused() {
        Duration second = Duration.ofSeconds(1);
        Duration tooLong = Duration.ofDays(365).plusNanos(1);
        for (Duration invalid : List.of(Duration.ofNanos(-1), tooLong, Duration.ofSeconds(Long.MAX_VALUE))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Reconnect.fixed(invalid))
                    .withMessage("invalid reconnect delay " + invalid + ": must be zero to 365 days");
            assertThatIllegalArgumentException().isThrownBy(() -> Reconnect.exponential(second, invalid));
            assertThatIllegalArgumentException().isThrownBy(() -> Reconnect.exponential(invalid, second));
            assertThatIllegalArgumentException().isThrownBy(() -> Reconnect.decorrelated(invalid, second));
            assertThatIllegalArgumentException().isThrownBy(() -> Reconnect.decorrelated(second, invalid));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Reconnect.exponential(second, Duration.ofMillis(999)))
                .withMessage("invalid reconnect delays PT1S and PT0.999S: the longest must be at least the first");
        assertThatIllegalArgumentException().isThrownBy(() -> Reconnect.decorrelated(second, Duration.ofMillis(999)));
    }
}
