package io.godwit.cli.bench;

import static io.godwit.cli.bench.Plans.plan;
import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.bench.BenchResult.Limit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a report names as the limit of a run. */
class LimitFinderTest {
    private static final BenchResult.Client CALM = new BenchResult.Client(10, 10, 4, 0.4, 0, 0);

    private static Distribution times(long fastest, long usual) {
        return new Distribution(
                1_000, fastest, usual, usual, usual, usual, usual, usual, usual, usual, List.of(), List.of());
    }

    private static @Nullable Limit limit(
            BenchPlan plan, double perSecond, BenchResult.Client client, Distribution answers, double network) {
        return LimitFinder.find(
                plan,
                new BenchResult.Published(1_000, 1_000, 0, 0, perSecond, 64 * perSecond),
                client,
                answers,
                Distribution.NONE,
                network,
                false);
    }

    @Test
    void a_rate_that_was_kept_has_no_limit() {
        assertThat(limit(plan().rate(100).build(), 99, CALM, times(1_000, 2_000), -1))
                .isEqualTo(new Limit(Limit.Kind.NONE, "the rate was kept"));
    }

    @Test
    void busy_processors_are_named_before_anything_else() {
        BenchResult.Client busy = new BenchResult.Client(20, 10, 4, 0.98, 0, 0);

        assertThat(limit(plan().build(), 50_000, busy, times(100_000, 9_000_000), 0.99))
                .isEqualTo(new Limit(
                        Limit.Kind.THIS_MACHINE, "its processors were busy to 98 %, with this client to 50 %"));
    }

    @Test
    void a_full_interface_is_the_network() {
        assertThat(limit(plan().build(), 50_000, CALM, times(100_000, 9_000_000), 0.95))
                .isEqualTo(new Limit(Limit.Kind.NETWORK, "the interface to the broker was used to 95 %"));
    }

    @Test
    void answers_that_never_wait_name_the_window() {
        assertThat(limit(plan().build(), 5_000, CALM, times(18_000_000, 20_000_000), 0.1))
                .isEqualTo(new Limit(
                        Limit.Kind.WINDOW,
                        "100 messages in flight, each answered after 20 ms and at best after 18 ms: raise -M"));
    }

    @Test
    void answers_that_wait_name_the_broker() {
        assertThat(limit(plan().build(), 5_000, CALM, times(200_000, 20_000_000), -1))
                .isEqualTo(new Limit(
                        Limit.Kind.BROKER,
                        "an acknowledgement took 20 ms, the fastest one 200 µs; this machine was busy to 40 %"));
        assertThat(limit(plan().qos(0).build(), 5_000, CALM, Distribution.NONE, 0.3))
                .isEqualTo(new Limit(
                        Limit.Kind.BROKER, "it took no more; this machine was busy to 40 %, the network to 30 %"));
    }

    @Test
    void without_publishes_nothing_is_said() {
        assertThat(limit(plan().clients(0, 1, 0).build(), 0, CALM, Distribution.NONE, -1))
                .isNull();
    }
}
