package io.godwit.benchmarks.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the acknowledging peer answers, and when. */
class BulkConnectionTest {
    private static final String CONNECT = "100d00044d5154540402003c000161";
    private static final String CONNACK = "20020000";

    @TempDir
    Path folder;

    private String answers(String... pieces) throws Exception {
        Pieces channels = new Pieces(List.of(pieces));
        new BulkConnection(channels, Counters.at(folder.resolve("counters")), 1 << 12).run();
        return channels.written.toString();
    }

    @Test
    void a_publish_is_answered_after_its_last_byte() throws Exception {
        String publish = "32080001610007646566";

        assertThat(answers(CONNECT, publish.substring(0, 18), publish.substring(18)))
                .isEqualTo("|" + CONNACK + "||40020007|");
    }

    @Test
    void of_qos_2_as_well_and_the_next_packet_may_follow_at_once() throws Exception {
        String publish = "34080001610007646566";

        assertThat(answers(CONNECT, publish.substring(0, 18), publish.substring(18) + "62020007"))
                .isEqualTo("|" + CONNACK + "||5002000770020007|");
    }

    @Test
    void packets_in_one_piece_are_answered_together() throws Exception {
        assertThat(answers(CONNECT + "3206000161000178" + "3206000161000279"))
                .isEqualTo("|" + CONNACK + "4002000140020002|");
    }
}
