package io.godwit.kafka.connect;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PartitionProgressTest {
    private final PartitionProgress progress = new PartitionProgress();

    @Test
    void nothing_is_committed_before_the_first_record() {
        assertThat(progress.committable()).isEqualTo(-1);
    }

    @Test
    void an_offset_is_committed_when_all_before_it_are_acknowledged() {
        progress.begin(5);
        progress.begin(6);
        progress.begin(8);

        progress.done(6);
        assertThat(progress.committable()).isEqualTo(5);

        progress.done(5);
        assertThat(progress.committable()).isEqualTo(8);

        progress.done(8);
        assertThat(progress.committable()).isEqualTo(9);
    }

    @Test
    void a_record_that_comes_again_after_a_retriable_error_is_not_new() {
        progress.begin(5);

        assertThat(progress.isNew(5)).isFalse();
        assertThat(progress.isNew(6)).isTrue();
    }

    @Test
    void after_a_rewind_records_are_new_and_old_answers_do_not_count() {
        progress.begin(5);
        progress.begin(6);
        int before = progress.generation();

        progress.rewind(5);

        assertThat(progress.isNew(5)).isTrue();
        assertThat(progress.committable()).isEqualTo(5);
        assertThat(progress.generation()).isNotEqualTo(before);
    }
}
