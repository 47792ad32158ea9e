package io.godwit.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.godwit.cli.bench.Distribution.Bucket;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** What becomes of the times that were recorded. */
class DistributionTest {
    private static final double THREE_DIGITS = 0.001;

    /** 1 to 10,000 microseconds, one of each. */
    private static Histogram even() {
        Histogram times = Tallies.empty();
        for (long micros = 1; micros <= 10_000; micros++) {
            times.recordValue(micros * 1_000);
        }
        return times;
    }

    @Test
    void percentiles_are_exact_to_three_digits() {
        Distribution times = Distribution.of(even());

        assertThat(times.count()).isEqualTo(10_000);
        assertIs(times.minimum(), 1_000);
        assertIs(times.p50(), 5_000_000);
        assertIs(times.p90(), 9_000_000);
        assertIs(times.p99(), 9_900_000);
        assertIs(times.p999(), 9_990_000);
        assertIs(times.p9999(), 9_999_000);
        assertIs(times.maximum(), 10_000_000);
        assertThat(times.mean()).isCloseTo(5_000_500, within(5_000.0));
    }

    private static void assertIs(long nanos, long expected) {
        assertThat((double) nanos).isCloseTo(expected, within(expected * THREE_DIGITS));
    }

    @Test
    void the_buckets_hold_every_time_once_and_join() {
        Distribution times = Distribution.of(even());

        assertThat(times.buckets().stream().mapToLong(Bucket::count).sum()).isEqualTo(10_000);
        for (int i = 1; i < times.buckets().size(); i++) {
            assertThat(times.buckets().get(i).first())
                    .isEqualTo(times.buckets().get(i - 1).end());
        }
        assertThat(times.buckets().get(times.buckets().size() - 1).end()).isGreaterThan(10_000_000);
    }

    @Test
    void the_curve_rises_to_the_maximum() {
        Distribution times = Distribution.of(even());

        assertThat(times.curve()).isSortedAccordingTo((a, b) -> Long.compare(a.nanos(), b.nanos()));
        assertThat(times.curve().get(times.curve().size() - 1)).isEqualTo(new Distribution.Point(100, times.maximum()));
    }

    @Test
    void without_times_all_is_nothing() {
        assertThat(Distribution.of(Tallies.empty())).isEqualTo(Distribution.NONE);
    }

    @Test
    void a_wait_of_the_sender_counts_for_every_message_that_was_due() {
        // a message each millisecond, and the sender stands still for a second after the first thousand
        Schedule schedule = new Schedule(0, 1_000);
        Histogram times = Tallies.empty();
        for (long i = 0; i < 2_000; i++) {
            long sent = i < 1_000 ? schedule.at(i) : Math.max(schedule.at(i), 2_000_000_000L);
            times.recordValue(sent + 100_000 - schedule.at(i)); // the broker takes 0.1 ms
        }
        Distribution latency = Distribution.of(times);

        assertIs(latency.p50(), 100_000);
        assertThat((double) latency.p90()).as("a fifth waited 0.8 s or longer").isGreaterThan(790_000_000);
        assertIs(latency.maximum(), 1_000_100_000);
    }

    @Test
    void times_that_several_threads_take_come_together() throws InterruptedException {
        Tallies tallies = new Tallies();
        Thread[] threads = new Thread[4];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = new Thread(() -> {
                for (int n = 0; n < 10_000; n++) {
                    tallies.mine().add(Tally.Count.SENT, 1);
                    Tally.record(tallies.mine().endToEnd, 1_000_000);
                }
            });
            threads[i].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        Histogram total = Tallies.empty();
        Histogram first = tallies.take(tally -> tally.endToEnd, total);
        Histogram second = tallies.take(tally -> tally.endToEnd, total);

        assertThat(tallies.sum(Tally.Count.SENT)).isEqualTo(40_000);
        assertThat(first.getTotalCount()).isEqualTo(40_000);
        assertThat(second.getTotalCount()).isZero();
        assertThat(total.getTotalCount()).isEqualTo(40_000);
    }
}
