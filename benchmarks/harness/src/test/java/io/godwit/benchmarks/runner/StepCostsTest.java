package io.godwit.benchmarks.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StepCostsTest {
    /** The rows of the table, with one scenario that takes 200 nanoseconds a message. */
    private static List<String> rows(String... collapsed) {
        String table = StepCosts.table(Map.of("publish-1", new StepCosts(Stream.of(collapsed), 200)));
        return Arrays.stream(table.split("\n"))
                .skip(2)
                .map(row -> row.replaceAll("[ |*]+", " ").trim())
                .toList();
    }

    @Test
    void a_sample_belongs_to_its_innermost_frame_that_names_a_step() {
        assertThat(rows(
                        "[godwit-io-1-1 tid=1];io/netty/channel/A.run;io/godwit/mqtt/client/session/Session.feed;jbyte_copy 1",
                        "[godwit-io-1-1 tid=1];io/godwit/mqtt/client/session/Session.feed;io/netty/channel/unix/Socket.send;send 2",
                        "[publisher tid=2];io/godwit/mqtt/codec/PublishCodec.write 1"))
                .containsExactly(
                        "event loop 150",
                        "write to the socket 100",
                        "identifiers, exchanges, acknowledgements 50",
                        "publishing thread 50",
                        "write or read the packet 50",
                        "measured 200");
    }

    @Test
    void compilers_and_the_start_have_no_part_in_it() {
        assertThat(rows(
                        "[C2 CompilerThread0 tid=1];Compile::Compile 70",
                        "[main tid=2];java/lang/A.run 20",
                        "[godwit-handler-0 tid=3];io/godwit/benchmarks/worker/A.run 10"))
                .containsExactly("handler's thread 200", "the benchmark itself 200", "measured 200");
    }

    @Test
    void a_profile_of_nothing_but_the_start_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rows("[main tid=1];java/lang/A.run 20"))
                .withMessageContaining("no sample");
    }

    @Test
    void stacks_without_threads_are_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rows("io/netty/A.run 1"))
                .withMessageContaining("io/netty/A.run 1");
    }
}
