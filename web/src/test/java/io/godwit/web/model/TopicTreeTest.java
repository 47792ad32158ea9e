package io.godwit.web.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TopicTreeTest {
    private static final long START = 1_764_000_000_000L;

    private final TopicTree tree = new TopicTree(new MemoryBudget(64 << 20));

    @Test
    void a_message_is_counted_in_its_topic_and_in_all_levels_above() {
        add("plant/boiler/temp", "21.5", START);
        add("plant/boiler/temp", "21.7", START + 10);
        add("plant/pump", "on", START + 20);

        TopicNode plant = child(tree.root(), "plant");
        TopicNode temp = child(child(plant, "boiler"), "temp");
        assertThat(plant.count()).isEqualTo(3);
        assertThat(plant.bytes()).isEqualTo(10);
        assertThat(plant.topics()).isEqualTo(2);
        assertThat(plant.last()).isNull();
        assertThat(temp.ownCount()).isEqualTo(2);
        assertThat(temp.last().message().text()).isEqualTo("21.7");
        assertThat(temp.topic()).isEqualTo("plant/boiler/temp");
        assertThat(child(plant, "boiler").topic()).isEqualTo("plant/boiler");
    }

    @Test
    void empty_levels_are_levels() {
        add("/a//b/", "x", START);

        TopicNode last = tree.topic("/a//b/");

        assertThat(last.name()).isEmpty();
        assertThat(last.parent().name()).isEqualTo("b");
        assertThat(child(tree.root(), "").childCount()).isEqualTo(1);
    }

    @Test
    void ten_thousand_levels_are_two_hundred_rows() {
        String topic = "a/".repeat(10_000) + "z";

        add(topic, "x", START);

        int depth = 0;
        for (TopicNode node = tree.topic(topic); node.parent() != null; node = node.parent()) {
            depth++;
        }
        assertThat(depth).isEqualTo(TopicTree.MOST_LEVELS);
        assertThat(tree.topic(topic).topic()).isEqualTo(topic);
        assertThat(tree.topic(topic).name()).endsWith("a/a/z");
    }

    @Test
    void a_topic_of_65535_bytes_is_kept_whole() {
        String topic = "t".repeat(65_535);

        add(topic, "x", START);

        assertThat(child(tree.root(), topic).last().message().topic()).isEqualTo(topic);
    }

    @Test
    void a_payload_of_20_MB_is_kept_whole() {
        tree.add(Message.of("a", new byte[20_000_000]), START);

        assertThat(tree.topic("a").last().message().payload()).hasSize(20_000_000);
        assertThat(tree.used()).isGreaterThan(20_000_000);
    }

    @Test
    void a_payload_that_exceeds_half_of_the_budget_is_reported_and_not_kept() {
        tree.add(Message.of("a", new byte[40 << 20]), START);

        StoredMessage last = tree.topic("a").last();
        assertThat(last.isPayloadDropped()).isTrue();
        assertThat(last.payloadLength()).isEqualTo(40 << 20);
        assertThat(tree.dropped()).isEqualTo(new Dropped(0, 0, 1));
    }

    @Test
    void a_rate_follows_the_messages_and_fades_without_them() {
        for (int second = 0; second < 20; second++) {
            for (int i = 0; i < 10; i++) {
                add("a/b", "12345", START + second * 1_000L + i);
            }
        }

        TopicNode a = child(tree.root(), "a");
        assertThat(a.rate(START + 20_000)).isBetween(9.9f, 10f);
        assertThat(a.byteRate(START + 20_000)).isBetween(49f, 50f);
        assertThat(a.rate(START + 25_000)).isBetween(1f, 3f);
        assertThat(a.rate(START + 90_000)).isZero();
    }

    @Test
    void the_retained_flag_goes_with_an_empty_retained_message() {
        tree.add(Message.of("a", "x").withRetain(true), START);
        tree.add(Message.of("a", "y"), START);
        assertThat(tree.topic("a").isRetained()).isTrue();

        tree.add(Message.clearRetained("a"), START);

        assertThat(tree.topic("a").isRetained()).isFalse();
    }

    @Test
    void a_change_is_another_payload_not_another_message() {
        add("a", "x", START);
        add("a", "x", START + 1_000);
        assertThat(tree.topic("a").changed()).isEqualTo(START);

        add("a", "y", START + 2_000);

        assertThat(tree.topic("a").changed()).isEqualTo(START + 2_000);
    }

    @Test
    void history_is_thinned_where_it_is_longest_and_says_so() {
        TopicTree small = new TopicTree(new MemoryBudget(1 << 20));
        small.add(Message.of("seldom", "1"), START);
        small.add(Message.of("seldom", "2"), START + 1);
        int many = 100_000;
        for (int i = 0; i < many; i++) {
            small.add(Message.of("busy", new byte[100]).withQos(Qos.AT_MOST_ONCE), START + i);
        }

        ValueHistory busy = small.topic("busy").history();
        assertThat(small.used()).isLessThanOrEqualTo(1 << 20);
        assertThat(small.topic("seldom").history().size()).isEqualTo(2);
        assertThat(busy.size() + busy.thinned()).isEqualTo(many);
        assertThat(busy.thinned()).isEqualTo(small.dropped().values());
        assertThat(busy.get(0).time()).isEqualTo(START);
        assertThat(busy.last().time()).isEqualTo(START + many - 1);
        assertThat(small.dropped().topics()).isZero();
    }

    @Test
    void beyond_the_budget_the_least_recently_updated_topics_go() {
        TopicTree small = new TopicTree(new MemoryBudget(1 << 20));
        for (int i = 0; i < 20_000; i++) {
            small.add(Message.of("device/" + i + "/state", "on"), START + i);
            small.add(Message.of("device/0/state", "on"), START + i);
        }

        assertThat(small.used()).isLessThanOrEqualTo(1 << 20);
        assertThat(small.topic("device/0/state")).isNotNull();
        assertThat(small.topic("device/1/state")).isNull();
        assertThat(small.topic("device/19999/state")).isNotNull();
        assertThat(small.dropped().topics()).isEqualTo(20_000 - small.topicCount());
        assertThat(child(small.root(), "device").childCount()).isEqualTo(small.topicCount());
        assertThat(small.root().topics()).isEqualTo(small.topicCount());
    }

    @Test
    void trees_share_the_budget() {
        MemoryBudget budget = new MemoryBudget(2 << 20);
        TopicTree first = new TopicTree(budget);
        for (int i = 0; i < 10_000; i++) {
            first.add(Message.of("a" + i, "x"), START);
        }
        long alone = first.used();

        TopicTree second = new TopicTree(budget);
        first.trim();

        assertThat(alone).isBetween(1_500_000L, 2L << 20);
        assertThat(first.used()).isLessThanOrEqualTo(1 << 20);
        assertThat(budget.used()).isEqualTo(first.used());
        first.close();
        assertThat(budget.used()).isZero();
        assertThat(budget.share()).isEqualTo(2 << 20);
        second.close();
    }

    @Test
    void messages_that_arrive_can_be_followed_below_a_node() {
        add("a/b", "1", START);
        add("a/c", "2", START);
        add("d", "3", START);
        add("a/b", "4", START);
        TopicNode a = child(tree.root(), "a");

        assertThat(texts(0, a, true, 10)).isEqualTo("1 2 4");
        assertThat(texts(2, a, true, 10)).isEqualTo("4");
        assertThat(texts(0, a, false, 10)).isEmpty();
        assertThat(texts(0, tree.root(), true, 2)).isEqualTo("3 4");
    }

    @Test
    void after_clear_nothing_is_left_and_identifiers_go_on() {
        add("a/b", "1", START);
        TopicNode before = tree.topic("a/b");

        tree.clear();
        add("a/b", "2", START);

        assertThat(before.isGone()).isTrue();
        assertThat(tree.node(before.id())).isNull();
        assertThat(tree.topic("a/b").id()).isGreaterThan(before.id());
        assertThat(tree.root().count()).isEqualTo(1);
        assertThat(tree.node(0)).isSameAs(tree.root());
    }

    private String texts(long after, TopicNode node, boolean below, int most) {
        return tree.recent(after, node, below, most).stream()
                .map(each -> each.message().text())
                .collect(Collectors.joining(" "));
    }

    private void add(String topic, String text, long millis) {
        tree.add(Message.of(topic, text), millis);
    }

    private static TopicNode child(TopicNode node, String name) {
        return node.children().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
