package io.godwit.web.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.protocol.Message;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TreeViewTest {
    private static final long NOW = 1_764_000_000_000L;

    private final TopicTree tree = new TopicTree(new MemoryBudget(64 << 20));
    private final TreeView view = new TreeView(tree);

    @BeforeEach
    void fill() {
        add("plant/d10/temp", "10");
        add("plant/d9/temp", "9");
        add("plant/d9/Pump", "on");
        add("attic", "dark");
    }

    @Test
    void at_first_the_first_level_is_shown() {
        assertThat(rows(0, 10)).isEqualTo("attic plant");
    }

    @Test
    void open_rows_show_their_children_in_natural_order() {
        open("plant/d9/temp");

        assertThat(rows(0, 10)).isEqualTo("attic plant -d9 --Pump --temp -d10");
        assertThat(view.rows(0, 10, NOW).total()).isEqualTo(6);
    }

    @Test
    void a_window_is_cut_out_of_all_open_rows() {
        open("plant/d9/temp");

        assertThat(rows(2, 2)).isEqualTo("-d9 --Pump");
        assertThat(view.rows(100, 2, NOW).first()).isEqualTo(4);
    }

    @Test
    void rows_outside_of_the_window_are_counted() {
        for (int i = 0; i < 10_000; i++) {
            add("many/" + i, "x");
        }
        view.open(node("many/0").parent(), false);

        TreeView.Rows window = view.rows(9_999, 3, NOW);

        assertThat(window.total()).isEqualTo(10_003);
        assertThat(window.rows()).extracting(row -> row.node().name()).containsExactly("9997", "9998", "9999");
    }

    @Test
    void siblings_are_sorted_by_what_is_asked_for() {
        view.open(node("attic"), false);
        view.sort(RowOrder.COUNT, true);

        assertThat(rows(0, 10)).isEqualTo("plant attic");
        add("attic", "1");
        add("attic", "2");
        add("attic", "3");
        assertThat(view.rows(0, 1, NOW + 2_000).rows().get(0).node().name()).isEqualTo("attic");
    }

    @Test
    void a_filter_shows_what_matches_and_what_is_above_it() {
        view.filter(new RowFilter("PUMP", "", 0, false, false));

        assertThat(rows(0, 10)).isEqualTo("plant -d9 --Pump*");
        assertThat(view.matches()).isEqualTo(1);
    }

    @Test
    void a_filter_may_be_a_topic_filter() {
        view.filter(new RowFilter("plant/+/temp", "", 0, false, false));

        assertThat(rows(0, 10)).isEqualTo("plant -d9 --temp* -d10 --temp*");
    }

    @Test
    void a_filter_looks_into_payloads_and_flags_and_times() {
        tree.add(Message.of("kept", "Dark").withRetain(true), NOW - 100_000);

        view.filter(new RowFilter("", "dark", 0, false, false));
        assertThat(rows(0, 10)).isEqualTo("attic* kept*");
        view.filter(new RowFilter("", "dark", 0, false, true));
        assertThat(rows(0, 10)).isEqualTo("attic*");
        view.filter(new RowFilter("", "", 0, true, false));
        assertThat(rows(0, 10)).isEqualTo("kept*");
        view.filter(new RowFilter("", "", 60, false, false));
        assertThat(view.rows(0, 10, NOW).rows())
                .noneMatch(row -> row.node().name().equals("kept"));
        view.filter(RowFilter.NONE);
        assertThat(rows(0, 10)).isEqualTo("attic kept plant");
    }

    @Test
    void rows_of_a_filter_can_be_closed_by_hand() {
        view.filter(new RowFilter("temp", "", 0, false, false));
        rows(0, 10);

        view.close(node("plant/d9/temp").parent(), false);

        assertThat(rows(0, 10)).isEqualTo("plant -d9 -d10 --temp*");
    }

    @Test
    void revealing_opens_what_is_above() {
        int row = view.reveal(node("plant/d10/temp"), NOW);

        assertThat(row).isEqualTo(4);
        assertThat(rows(row, 1)).isEqualTo("--temp");
    }

    @Test
    void all_below_are_opened_and_closed_at_once() {
        view.open(node("plant/d9/temp").parent().parent(), true);
        assertThat(view.rows(0, 10, NOW).total()).isEqualTo(7);

        view.closeAll();

        assertThat(rows(0, 10)).isEqualTo("attic plant");
    }

    private void open(String topic) {
        view.reveal(node(topic), NOW);
    }

    private TopicNode node(String topic) {
        return tree.topic(topic);
    }

    private void add(String topic, String text) {
        tree.add(Message.of(topic, text), NOW);
    }

    private String rows(int first, int count) {
        return view.rows(first, count, NOW).rows().stream()
                .map(row -> "-".repeat(row.depth()) + row.node().name() + (row.match() ? "*" : ""))
                .collect(Collectors.joining(" "));
    }
}
