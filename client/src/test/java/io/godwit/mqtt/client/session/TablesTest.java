package io.godwit.mqtt.client.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.protocol.TopicFilter;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The small tables of a session, each against a plain set. */
class TablesTest {
    @Test
    void an_identifier_that_comes_back_is_not_handed_out_at_once() {
        PacketIdentifiers identifiers = new PacketIdentifiers();
        int first = identifiers.take();
        identifiers.free(first);
        Set<Integer> next = new HashSet<>();
        for (int i = 0; i < 60; i++) {
            int id = identifiers.take();
            next.add(id);
            identifiers.free(id);
        }
        assertThat(next).doesNotContain(first).hasSize(60);
    }

    @Test
    void an_identifier_of_an_earlier_life_is_not_handed_out_at_once_either() {
        PacketIdentifiers identifiers = new PacketIdentifiers();
        identifiers.reserve(7);
        identifiers.reserve(9);
        identifiers.free(7);
        identifiers.free(9);

        Set<Integer> next = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            next.add(identifiers.take());
        }

        assertThat(next).doesNotContain(7, 9).hasSize(50);
    }

    @Test
    void all65535_identifiers_are_there_and_none_is_handed_out_twice() {
        PacketIdentifiers identifiers = new PacketIdentifiers();
        Set<Integer> taken = new HashSet<>();
        for (int i = 0; i < 65_535; i++) {
            taken.add(identifiers.take());
        }
        assertThat(taken).hasSize(65_535).doesNotContain(0);
        assertThat(identifiers.take()).isZero();
        identifiers.free(777);
        assertThat(identifiers.take()).isEqualTo(777);
    }

    @Test
    void identifiers_agree_with_a_set_over_random_use() {
        PacketIdentifiers identifiers = new PacketIdentifiers();
        Set<Integer> taken = new HashSet<>();
        Random random = new Random(42);
        for (int i = 0; i < 200_000; i++) {
            if (random.nextInt(100) < 52) {
                assertThat(taken.add(identifiers.take())).isTrue();
            } else if (!taken.isEmpty()) {
                int id = taken.iterator().next();
                taken.remove(id);
                identifiers.free(id);
            }
            assertThat(identifiers.count()).isEqualTo(taken.size());
        }
    }

    @Test
    void received_identifiers_come_and_go() {
        ReceivedIdentifiers identifiers = new ReceivedIdentifiers();
        for (int id = 1; id <= 65_535; id += 97) {
            identifiers.put(id, id | 1 << 20);
        }
        for (int id = 1; id <= 65_535; id += 97) {
            assertThat(identifiers.get(id)).isEqualTo(id | 1 << 20);
            assertThat(identifiers.remove(id)).isTrue();
            assertThat(identifiers.remove(id)).isFalse();
        }
        assertThat(identifiers.count()).isZero();
    }

    private record OfFilter(TopicFilter filter) implements Handler {}

    @Test
    void the_subscription_tree_agrees_with_the_filters() {
        String[] levels = {"a", "b", "", "$x", "+", "#"};
        Random random = new Random(7);
        Subscriptions subscriptions = new Subscriptions();
        Set<TopicFilter> filters = new HashSet<>();
        for (int i = 0; i < 3000; i++) {
            StringBuilder text = new StringBuilder(levels[random.nextInt(4)]);
            for (int depth = random.nextInt(4); depth > 0; depth--) {
                text.append('/').append(levels[random.nextInt(6)]);
            }
            if (TopicFilter.fault(text.toString()) == null) {
                TopicFilter filter = TopicFilter.of(text.toString());
                if (random.nextBoolean()) {
                    filters.add(filter);
                    subscriptions.addHandler(new OfFilter(filter));
                } else {
                    filters.remove(filter);
                    subscriptions.removeHandler(new OfFilter(filter));
                }
            }
            String topic =
                    levels[random.nextInt(4)] + "/" + levels[random.nextInt(4)] + "/" + levels[random.nextInt(4)];
            Set<Handler> expected = new HashSet<>();
            filters.stream()
                    .filter(filter -> filter.matches(topic))
                    .forEach(filter -> expected.add(new OfFilter(filter)));
            assertThat(Set.of(subscriptions.match(topic))).isEqualTo(expected);
        }
    }

    @Test
    void a_name_of_many_bytes_is_not_kept_so_that_a_broker_cannot_fill_the_table() {
        ReceivedTopics topics = new ReceivedTopics(new Subscriptions(), 0);
        String usual = read(topics, "boiler/7");
        String huge = read(topics, "x".repeat(60_000));
        assertThat(read(topics, "boiler/7")).isSameAs(usual);
        assertThat(read(topics, "x".repeat(60_000))).isEqualTo(huge).isNotSameAs(huge);
    }

    private static String read(ReceivedTopics topics, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        return topics.topic(bytes, 0, bytes.length);
    }
}
