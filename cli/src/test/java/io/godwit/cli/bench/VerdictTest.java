package io.godwit.cli.bench;

import static io.godwit.cli.bench.Plans.plan;
import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.output.ExitCodes;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which accounts break a promise, and which only deserve a word. */
class VerdictTest {
    private static final BenchResult.Client CALM = new BenchResult.Client(1, 10, 4, 0.3, 0, 0);

    /** The verdict on so many lost, double and disordered messages. */
    private static BenchResult.Verdict verdict(BenchPlan plan, long lost, long duplicates, long outOfOrder) {
        return judge(plan, new BenchResult.Received(100, 100, 100, lost, duplicates, outOfOrder, 0, 10, 640), CALM, 0);
    }

    private static BenchResult.Verdict judge(
            BenchPlan plan, BenchResult.Received received, BenchResult.Client client, long failed) {
        Qos qos = plan.delivered();
        return new Verdict(plan, qos, 0, new Problems(), false)
                .judge(
                        new BenchResult.Connections(2, 2, 0, 0, 2, 1, Distribution.NONE),
                        new BenchResult.Published(100, 100 - failed, failed, 0, 10, 640),
                        received,
                        client,
                        Distribution.NONE);
    }

    @Test
    void all_well_is_exit_code_0_without_a_word() {
        assertThat(verdict(plan().build(), 0, 0, 0)).isEqualTo(new BenchResult.Verdict(0, List.of(), List.of()));
    }

    @Test
    void at_QoS_0_messages_may_be_lost_but_not_come_twice() {
        assertThat(verdict(plan().qos(0).build(), 5, 0, 0).exitCode()).isEqualTo(ExitCodes.OK);
        assertThat(verdict(plan().qos(0).build(), 0, 5, 0).broken())
                .containsExactly("5 messages were delivered more than once (QoS 0)");
    }

    @Test
    void at_QoS_1_messages_may_come_twice_but_not_be_lost() {
        assertThat(verdict(plan().qos(1).build(), 0, 5, 0).exitCode()).isEqualTo(ExitCodes.OK);
        assertThat(verdict(plan().qos(1).build(), 1_234, 0, 0))
                .satisfies(verdict -> assertThat(verdict.exitCode()).isEqualTo(ExitCodes.CHECK_FAILED))
                .satisfies(verdict -> assertThat(verdict.broken())
                        .containsExactly("1,234 messages were acknowledged but never delivered (QoS 1)"));
    }

    @Test
    void at_QoS_2_messages_come_exactly_once() {
        assertThat(verdict(plan().qos(2).build(), 1, 0, 0).exitCode()).isEqualTo(ExitCodes.CHECK_FAILED);
        assertThat(verdict(plan().qos(2).build(), 0, 1, 0).exitCode()).isEqualTo(ExitCodes.CHECK_FAILED);
    }

    @Test
    void the_order_of_a_publisher_is_kept_at_any_QoS_except_in_a_shared_subscription() {
        BenchPlan shared = plan().version(ProtocolVersion.V5).share("workers").build();

        assertThat(verdict(plan().qos(0).build(), 0, 0, 1).exitCode()).isEqualTo(ExitCodes.CHECK_FAILED);
        assertThat(verdict(shared, 0, 0, 1).exitCode()).isEqualTo(ExitCodes.OK);
        assertThat(verdict(shared, 0, 0, 1).warnings()).hasSize(1);
    }

    @Test
    void what_was_not_acknowledged_has_the_exit_code_of_pub() {
        BenchResult.Received received = new BenchResult.Received(97, 97, 97, 0, 0, 0, 0, 10, 640);

        assertThat(judge(plan().build(), received, CALM, 3).exitCode()).isEqualTo(ExitCodes.PUBLISH_FAILED);
    }

    @Test
    void a_client_at_its_limit_says_so() {
        BenchResult.Received received = new BenchResult.Received(100, 100, 100, 0, 0, 0, 0, 10, 640);

        assertThat(judge(plan().build(), received, new BenchResult.Client(38, 10, 4, 1, 0, 0), 0)
                        .warnings())
                .containsExactly("this client used 3.8 of 4 cores: it was the limit rather than the broker");
        assertThat(judge(plan().build(), received, new BenchResult.Client(10, 10, 4, 0.99, 0, 0), 0)
                        .warnings())
                .singleElement()
                .asString()
                .startsWith("this machine was busy to 99 %, 1.0 of its 4 cores with this client");
    }

    @Test
    void a_rate_that_was_not_reached_is_said() {
        assertThat(verdict(plan().rate(100).build(), 0, 0, 0).warnings())
                .containsExactly("10 messages a second instead of 100");
    }
}
