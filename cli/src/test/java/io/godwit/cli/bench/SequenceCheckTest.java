package io.godwit.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What is planted among the arrivals is what the account shows. */
class SequenceCheckTest {
    private static final Ranges NOTHING = new Ranges();

    private static SequenceCheck arrivals(long... sequences) {
        SequenceCheck check = new SequenceCheck();
        LongStream.of(sequences).forEach(check::received);
        return check;
    }

    private static void assertCounts(SequenceCheck check, long sent, long lost, long duplicates, long outOfOrder) {
        assertThat(List.of(check.lost(sent, NOTHING), check.duplicates(), check.outOfOrder()))
                .as("lost, duplicates, out of order")
                .isEqualTo(List.of(lost, duplicates, outOfOrder));
    }

    @Test
    void all_in_order_is_nothing_to_report() {
        SequenceCheck check = arrivals(0, 1, 2, 3);

        assertCounts(check, 4, 0, 0, 0);
        assertThat(check.unique()).isEqualTo(4);
    }

    @Test
    void what_never_comes_is_lost_at_the_beginning_in_the_middle_and_at_the_end() {
        assertCounts(arrivals(2, 3, 6), 9, 2 + 2 + 2, 0, 0);
        assertCounts(arrivals(), 5, 5, 0, 0);
    }

    @Test
    void what_comes_twice_is_a_duplicate_and_not_out_of_order() {
        assertCounts(arrivals(0, 1, 2, 1, 2, 2), 3, 0, 3, 0);
    }

    @Test
    void what_comes_after_a_later_one_is_out_of_order_and_not_lost() {
        assertCounts(arrivals(0, 3, 1, 2, 4), 5, 0, 0, 2);
    }

    @Test
    void a_late_one_that_comes_again_is_both() {
        assertCounts(arrivals(0, 2, 1, 1), 3, 0, 1, 1);
    }

    @Test
    void what_the_broker_did_not_take_is_not_missed() {
        Ranges failed = new Ranges();
        failed.add(7);
        failed.add(1);
        SequenceCheck check = arrivals(0, 2, 3, 5);

        assertThat(check.lost(9, failed)).as("4, 6 and 8; not 1 and 7").isEqualTo(3);
    }

    @Test
    void a_thousand_disordered_arrivals_with_planted_faults_are_accounted_for() {
        Random random = new Random(7);
        List<Long> sent = new ArrayList<>(LongStream.range(0, 1_000).boxed().toList());
        TreeSet<Long> lost = new TreeSet<>();
        while (lost.size() < 100) {
            lost.add((long) random.nextInt(1_000));
        }
        sent.removeAll(lost);
        List<Long> arriving = new ArrayList<>(sent);
        arriving.addAll(sent.subList(100, 150)); // 50 duplicates
        Collections.shuffle(arriving, random);
        SequenceCheck check = new SequenceCheck();
        long highest = -1;
        long late = 0;
        TreeSet<Long> seen = new TreeSet<>();
        for (long sequence : arriving) {
            boolean isNew = seen.add(sequence);
            late += isNew && sequence < highest ? 1 : 0;
            highest = Math.max(highest, sequence);

            assertThat(check.received(sequence)).isEqualTo(isNew);
        }

        assertCounts(check, 1_000, 100, 50, late);
        assertThat(check.unique()).isEqualTo(900);
    }

    @Test
    void ranges_join_and_split() {
        Ranges ranges = new Ranges();
        ranges.append(0, 3);
        ranges.append(5, 8);
        ranges.add(4);
        assertThat(ranges).hasToString("[0-2, 4-7]");
        ranges.add(3);
        assertThat(ranges).hasToString("[0-7]");
        ranges.remove(0);
        ranges.remove(7);
        ranges.remove(4);
        assertThat(ranges).hasToString("[1-3, 5-6]");
        assertThat(ranges.count()).isEqualTo(5);
        assertThat(ranges.remove(4)).isFalse();
        assertThat(ranges.contains(3)).isTrue();
        assertThatThrownBy(() -> ranges.append(2, 4)).hasMessage("2 does not come after 6");
    }
}
