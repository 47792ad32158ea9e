package io.godwit.cli.bench;

import static io.godwit.cli.bench.Plans.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.mqtt.protocol.ProtocolVersion;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What may be asked for, and what is said when it may not. */
class BenchPlanTest {
    private static void assertRefused(Plans plan, String why) {
        assertThatThrownBy(plan::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    @Test
    void what_does_not_fit_together_is_refused_with_what_would_be_right() {
        assertRefused(plan().clients(1, 1, -1), "--connections counts publishers and subscribers too: at least 2");
        assertRefused(plan().share("workers"), "add -V 5");
        assertRefused(plan().version(ProtocolVersion.V5).share("a/b"), "--share NAME");
        assertRefused(plan().version(ProtocolVersion.V5).share("a").topics(Topics.each), "--topics one or all");
        assertRefused(plan().size("16"), "--size 24 or more");
        assertRefused(plan().clients(0, 3, 0).topics(Topics.all), "--topics one with -t FILTER");
        assertRefused(plan().clients(0, 0, 5).count(7), "needs a publisher or a subscriber");
        assertRefused(plan().clients(5, 1, 0).count(3), "at least 5");
    }

    @Test
    void nobody_needs_a_stamp_where_nobody_subscribes() {
        assertThat(plan().clients(1, 0, 0).size("0").build().sizes()).isEqualTo(new PayloadSizes(0, 0));
    }

    @Test
    void a_count_is_dealt_out_to_the_publishers_to_the_message() {
        BenchPlan plan = plan().clients(3, 1, 0).count(100).build();

        assertThat(IntStream.range(0, 3).mapToObj(plan::share)).containsExactly(34L, 33L, 33L);
    }

    @ParameterizedTest
    @CsvSource({"256,256,256", "4k,4096,4096", "1M,1048576,1048576", "64-4k,64,4096", "0-1,0,1"})
    void payload_sizes(String text, int least, int most) {
        assertThat(PayloadSizes.parse(text)).isEqualTo(new PayloadSizes(least, most));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "-5", "9-3", "3000M", "1.5k", "4kk"})
    void what_is_no_payload_size(String text) {
        assertThatThrownBy(() -> PayloadSizes.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void sources_are_used_in_turn() throws Exception {
        Sources sources = Sources.parse("127.0.0.2-127.0.0.4,127.0.1.1");

        assertThat(IntStream.range(0, 5).mapToObj(sources::of))
                .containsExactly(
                        InetAddress.getByName("127.0.0.2"),
                        InetAddress.getByName("127.0.0.3"),
                        InetAddress.getByName("127.0.0.4"),
                        InetAddress.getByName("127.0.1.1"),
                        InetAddress.getByName("127.0.0.2"));
        assertThat(Sources.parse("127.0.0.254-127.0.1.1").addresses()).hasSize(4);
        assertThat(Sources.parse("127.0.0.2-9").addresses()).hasSize(8);
        assertThat(Sources.ANY.of(3)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "localhost", "127.0.0.9-127.0.0.2", "::1-::2", "127.0.0.1-"})
    void what_are_no_sources(String text) {
        assertThatThrownBy(() -> Sources.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--sources");
    }

    @Test
    void who_hears_whom() {
        assertThat(Topics.one.filters("t", 1, 2, 3)).containsExactly("t");
        assertThat(Topics.all.filters("t", 1, 2, 3)).containsExactly("t/+");
        assertThat(Topics.each.filters("t", 0, 2, 3)).containsExactly("t/0", "t/2");
        assertThat(Topics.each.filters("t", 1, 2, 3)).containsExactly("t/1");
        assertThat(Topics.each.filters("t", 4, 5, 3))
                .as("more subscribers than publishers")
                .containsExactly("t/1");
    }

    @Test
    void too_low_limits_of_the_machine_say_how_to_raise_them() {
        assertThatThrownBy(() -> MachineLimits.check(10_000, 1, 1_024, 28_232))
                .hasMessageContaining("10000 connections need 10150 open files, and this process may have 1024")
                .hasMessageContaining("ulimit -n 11000");
        assertThatThrownBy(() -> MachineLimits.check(100_000, 1, 1_000_000, 28_232))
                .hasMessageContaining("--sources with 4 addresses")
                .hasMessageContaining("127.0.0.2-127.0.0.5");
        MachineLimits.check(100_000, 4, 1_000_000, 28_232);
        assertThatThrownBy(() -> MachineLimits.checkMemory(3_000_000_000L, 4_000_000_000L))
                .hasMessageContaining("3 GB of payload may be in flight, too much for a heap of 4 GB: lower -M");
    }

    @Test
    void the_limits_of_the_machine_are_read_from_proc() {
        assertThat(MachineLimits.openFiles(List.of(
                        "Limit                     Soft Limit           Hard Limit           Units     ",
                        "Max open files            20000                20000                files     ")))
                .isEqualTo(20_000);
        assertThat(MachineLimits.openFiles(List.of("Max open files            unlimited            unlimited files")))
                .isEqualTo(Long.MAX_VALUE);
        assertThat(MachineLimits.ports(List.of("32768\t60999"))).isEqualTo(28_232);
    }
}
