package io.godwit.mqtt.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.store.StoredSession;
import io.godwit.mqtt.client.store.StoredSession.StoredPublish;
import io.godwit.mqtt.client.store.StoredSession.StoredSubscription;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompactionTest {
    @TempDir
    Path folder;

    private DiskStore store() {
        return DiskStore.builder(folder).segmentSize(4_096).build();
    }

    private long size() throws IOException {
        return StoredLog.in(folder).get(0).bytes();
    }

    @Test
    void the_log_stays_small_while_publishes_come_and_go() throws IOException {
        SessionLog log = store().open("c");
        for (int n = 0; n < 20_000; n++) {
            log.accepted(n, Logs.message(n), Logs.NEVER);
            log.sent(n, n % 65_535 + 1);
            log.ended(n);
            if (n % 100 == 0) {
                Logs.force(log);
            }
        }
        Logs.force(log);

        assertThat(size()).isLessThan(6 * 4_096);
        log.close();
        assertThat(Logs.reopened(store(), "c").isEmpty()).isTrue();
    }

    @Test
    void one_old_publish_a_subscription_and_an_identifier_do_not_keep_the_log_from_shrinking() throws IOException {
        SessionLog log = store().open("c");
        log.subscribed(TopicSubscription.of("b", Qos.EXACTLY_ONCE), MqttProperties.NONE);
        log.subscribed(TopicSubscription.of("a", Qos.AT_LEAST_ONCE), MqttProperties.NONE);
        log.accepted(0, Logs.message(0), 1_234L);
        log.sent(0, 77);
        log.received(5);
        for (int n = 1; n < 20_000; n++) {
            log.accepted(n, Logs.message(n), Logs.NEVER);
            log.ended(n);
            if (n == 10_000) {
                log.released(0);
            }
            if (n % 100 == 0) {
                Logs.force(log);
            }
        }
        Logs.force(log);
        assertThat(size()).isLessThan(6 * 4_096);
        log.close();

        StoredSession session = Logs.reopened(store(), "c");
        assertThat(session.publishes())
                .containsExactly(new StoredPublish(0, session.publishes().get(0).message(), 1_234L, 77, true, false));
        assertThat(session.publishes().get(0).message().text()).isEqualTo("message 0");
        assertThat(session.received()).containsExactly(5);
        assertThat(session.subscriptions())
                .extracting(s -> s.subscription().filter().text())
                .containsExactly("b", "a");
    }

    @Test
    void many_openings_leave_no_pile_of_files() throws IOException {
        for (int n = 0; n < 200; n++) {
            SessionLog log = store().open("c");
            log.accepted(n, Logs.message(n), Logs.NEVER);
            log.ended(n);
            log.close();
        }

        assertThat(Disk.SYSTEM.list(folder.resolve("c")).size()).isLessThan(5);
    }

    @Test
    void many_openings_beside_a_subscription_that_stays_leave_no_pile_of_files() throws IOException {
        for (int n = 0; n < 200; n++) {
            SessionLog log = store().open("c");
            if (n == 0) {
                log.subscribed(TopicSubscription.of("a", Qos.AT_LEAST_ONCE), MqttProperties.NONE);
            }
            log.accepted(n, Logs.message(n), Logs.NEVER);
            log.ended(n);
            Logs.force(log);
            log.close();
        }

        assertThat(Disk.SYSTEM.list(folder.resolve("c")).size()).isLessThan(12);
        assertThat(Logs.reopened(store(), "c").subscriptions())
                .extracting(stored -> stored.subscription().filter().text())
                .containsExactly("a");
    }

    @Test
    void a_hundred_thousand_publishes_come_back() throws IOException {
        DiskStore store = DiskStore.builder(folder).segmentSize(1 << 20).build();
        SessionLog log = store.open("c");
        for (int n = 0; n < 100_000; n++) {
            log.accepted(n, Logs.message(n), Logs.NEVER);
        }
        log.close();

        List<StoredPublish> publishes = Logs.reopened(store, "c").publishes();

        assertThat(publishes).hasSize(100_000);
        for (int n = 0; n < 100_000; n++) {
            assertThat(publishes.get(n).message().text()).isEqualTo("message " + n);
        }
    }

    /** Any mixture of notes, openings and deletions gives back what a plain table would. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void random_notes_come_back_as_a_plain_table_would_have_them(long seed) throws IOException {
        Random random = new Random(seed);
        Map<Long, StoredPublish> publishes = new TreeMap<>();
        TreeSet<Integer> received = new TreeSet<>();
        Map<String, TopicSubscription> subscriptions = new LinkedHashMap<>();
        long sequence = 0;
        for (int round = 0; round < 12; round++) {
            SessionLog log = store().open("c");
            checkSame(log.recovered(), publishes, received, subscriptions);
            for (int step = 0; step < 1_500; step++) {
                Long some = publishes.isEmpty()
                        ? null
                        : new ArrayList<>(publishes.keySet()).get(random.nextInt(publishes.size()));
                switch (random.nextInt(11)) {
                    case 0, 1 -> {
                        long expires = random.nextBoolean() ? Logs.NEVER : random.nextLong();
                        publishes.put(
                                sequence,
                                new StoredPublish(sequence, Logs.message(sequence), expires, 0, false, false));
                        log.accepted(sequence, Logs.message(sequence), expires);
                        sequence++;
                    }
                    case 2 -> {
                        if (some != null) {
                            int id = 1 + random.nextInt(65_535);
                            publishes.computeIfPresent(
                                    some, (s, p) -> new StoredPublish(s, p.message(), p.expiresAt(), id, false, false));
                            log.sent(some, id);
                        }
                    }
                    case 3 -> {
                        if (some != null) {
                            boolean abandoned = random.nextInt(3) == 0;
                            publishes.computeIfPresent(
                                    some,
                                    (s, p) -> new StoredPublish(
                                            s, p.message(), p.expiresAt(), p.packetId(), true, abandoned));
                            if (abandoned) {
                                log.abandoned(some);
                            } else {
                                log.released(some);
                            }
                        }
                    }
                    case 4, 5 -> {
                        if (some != null) {
                            publishes.remove(some);
                            log.ended(some);
                        }
                    }
                    case 6 -> {
                        int id = 1 + random.nextInt(30);
                        received.add(id);
                        log.received(id);
                    }
                    case 7 -> {
                        int id = 1 + random.nextInt(30);
                        received.remove(id);
                        log.completed(id);
                    }
                    case 8 -> {
                        TopicSubscription subscription =
                                TopicSubscription.of("t/" + random.nextInt(10), Qos.of(random.nextInt(3)));
                        subscriptions.put(subscription.filter().text(), subscription);
                        log.subscribed(subscription, MqttProperties.NONE);
                    }
                    case 9 -> {
                        String filter = "t/" + random.nextInt(10);
                        subscriptions.remove(filter);
                        log.unsubscribed(TopicFilter.of(filter));
                    }
                    default -> {
                        if (random.nextInt(60) == 0) {
                            publishes.values().removeIf(p -> p.packetId() != 0);
                            received.clear();
                            subscriptions.clear();
                            log.cleared();
                        } else if (random.nextInt(4) == 0) {
                            Logs.force(log);
                        }
                    }
                }
            }
            log.close();
        }
        checkSame(Logs.reopened(store(), "c"), publishes, received, subscriptions);
    }

    private static void checkSame(
            StoredSession session,
            Map<Long, StoredPublish> publishes,
            TreeSet<Integer> received,
            Map<String, TopicSubscription> subscriptions) {
        assertThat(session.publishes())
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("message")
                .containsExactlyElementsOf(publishes.values());
        assertThat(session.publishes())
                .allSatisfy(p -> assertThat(p.message().text()).isEqualTo("message " + p.sequence()));
        assertThat(new TreeSet<>(session.received())).isEqualTo(received);
        assertThat(session.subscriptions())
                .extracting(StoredSubscription::subscription)
                .containsExactlyElementsOf(subscriptions.values());
    }
}
