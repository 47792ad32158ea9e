package io.godwit.mqtt.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.store.StoredSession;
import io.godwit.mqtt.client.store.StoredSession.StoredPublish;
import io.godwit.mqtt.client.store.StoredSession.StoredSubscription;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.RetainHandling;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.mqtt.protocol.UserProperty;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiskStoreTest {
    @TempDir
    Path folder;

    @Test
    void a_new_session_is_empty() throws IOException {
        SessionLog log = DiskStore.at(folder).open("boiler-7");

        assertThat(log.recovered().isEmpty()).isTrue();
        log.close();
    }

    /** As while there is no connection: nothing may be sent, so the client waits for nothing. */
    @Test
    void an_accepted_publish_is_written_although_nobody_waits_for_it() throws IOException {
        SessionLog log = DiskStore.at(folder).open("boiler-7");

        log.accepted(1, Message.of("boiler/7/temp", "written soon"), Logs.NEVER);

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(bytesBelow(folder)).contains("written soon"));
        log.close();
    }

    private static String bytesBelow(Path folder) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".log")).toList()) {
                all.append(Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        return all.toString();
    }

    @Test
    void publishes_come_back_with_their_state_in_the_order_of_their_sequence() throws IOException {
        SessionLog log = DiskStore.at(folder).open("boiler-7");
        for (int n = 1; n <= 5; n++) {
            log.accepted(n, Logs.message(n), n == 3 ? 1_700_000_000_000L : Logs.NEVER);
        }
        log.sent(1, 11);
        log.sent(2, 12);
        log.sent(3, 65_535);
        log.released(2);
        log.ended(1);
        log.close();

        List<StoredPublish> publishes =
                Logs.reopened(DiskStore.at(folder), "boiler-7").publishes();

        assertThat(publishes).extracting(StoredPublish::sequence).containsExactly(2L, 3L, 4L, 5L);
        assertThat(publishes).extracting(StoredPublish::packetId).containsExactly(12, 65_535, 0, 0);
        assertThat(publishes).extracting(StoredPublish::released).containsExactly(true, false, false, false);
        assertThat(publishes)
                .extracting(StoredPublish::expiresAt)
                .containsExactly(Logs.NEVER, 1_700_000_000_000L, Logs.NEVER, Logs.NEVER);
        assertThat(publishes).extracting(p -> p.message().text()).contains("message 2", "message 5");
    }

    @Test
    void a_publish_that_was_given_up_is_known_as_such() throws IOException {
        SessionLog log = DiskStore.at(folder).open("boiler-7");
        for (int n = 1; n <= 2; n++) {
            log.accepted(n, Logs.message(n), Logs.NEVER);
            log.sent(n, 10 + n);
        }
        log.released(1);
        log.abandoned(2);
        log.close();

        List<StoredPublish> publishes =
                Logs.reopened(DiskStore.at(folder), "boiler-7").publishes();

        assertThat(publishes).extracting(StoredPublish::packetId).containsExactly(11, 12);
        assertThat(publishes).extracting(StoredPublish::released).containsExactly(true, true);
        assertThat(publishes).extracting(StoredPublish::abandoned).containsExactly(false, true);
    }

    @Test
    void a_message_keeps_all_properties_of_mqtt_5() throws IOException {
        Message message = new Message(
                "häuser/7",
                new byte[] {0, 1, -1},
                Qos.EXACTLY_ONCE,
                true,
                MqttProperties.of(Property.CONTENT_TYPE, "application/json")
                        .and(Property.MESSAGE_EXPIRY_INTERVAL, 4_294_967_295L)
                        .and(Property.CORRELATION_DATA, new byte[] {7, 8})
                        .and(Property.RESPONSE_TOPIC, "answer")
                        .and(Property.PAYLOAD_FORMAT_INDICATOR, 1)
                        .and(Property.USER_PROPERTY, new UserProperty("a", "1"))
                        .and(Property.USER_PROPERTY, new UserProperty("a", "2")));
        SessionLog log = DiskStore.at(folder).open("c");
        log.accepted(1, message, Logs.NEVER);
        log.close();

        Message back =
                Logs.reopened(DiskStore.at(folder), "c").publishes().get(0).message();

        assertThat(back.topic()).isEqualTo("häuser/7");
        assertThat(back.payload()).containsExactly(0, 1, -1);
        assertThat(back.qos()).isEqualTo(Qos.EXACTLY_ONCE);
        assertThat(back.retain()).isTrue();
        assertThat(back.properties()).isEqualTo(message.properties());
    }

    @Test
    void received_identifiers_and_subscriptions_come_back() throws IOException {
        TopicSubscription second = TopicSubscription.of("$share/g/b/+", Qos.EXACTLY_ONCE)
                .withRetainAsPublished(true)
                .withRetainHandling(RetainHandling.DO_NOT_SEND);
        SessionLog log = DiskStore.at(folder).open("c");
        log.received(1);
        log.received(65_535);
        log.received(2);
        log.completed(1);
        log.subscribed(TopicSubscription.of("a/#", Qos.AT_MOST_ONCE), MqttProperties.NONE);
        log.subscribed(second, MqttProperties.NONE);
        log.subscribed(TopicSubscription.of("gone", Qos.AT_LEAST_ONCE), MqttProperties.NONE);
        log.unsubscribed(TopicFilter.of("gone"));
        log.subscribed(TopicSubscription.of("a/#", Qos.AT_LEAST_ONCE).withNoLocal(true), MqttProperties.NONE);
        log.close();

        StoredSession session = Logs.reopened(DiskStore.at(folder), "c");

        assertThat(session.received()).containsExactlyInAnyOrder(65_535, 2);
        assertThat(session.subscriptions())
                .extracting(StoredSubscription::subscription)
                .containsExactly(TopicSubscription.of("a/#", Qos.AT_LEAST_ONCE).withNoLocal(true), second);
    }

    @Test
    void the_properties_of_a_subscription_are_kept() throws IOException {
        SessionLog log = DiskStore.at(folder).open("c");
        MqttProperties properties = MqttProperties.of(Property.SUBSCRIPTION_IDENTIFIER, 7)
                .and(Property.USER_PROPERTY, new UserProperty("k", "x".repeat(65_000)));
        TopicSubscription subscription = TopicSubscription.of("$share/g/a/+", Qos.EXACTLY_ONCE)
                .withRetainAsPublished(true)
                .withRetainHandling(RetainHandling.DO_NOT_SEND);
        log.subscribed(subscription, properties);
        log.close();

        StoredSession session = Logs.reopened(DiskStore.at(folder), "c");

        assertThat(session.subscriptions()).containsExactly(new StoredSubscription(subscription, properties));
    }

    @Test
    void a_session_that_is_over_keeps_only_what_was_never_sent() throws IOException {
        SessionLog log = DiskStore.at(folder).open("c");
        log.accepted(1, Logs.message(1), Logs.NEVER);
        log.accepted(2, Logs.message(2), Logs.NEVER);
        log.sent(1, 1);
        log.received(9);
        log.subscribed(TopicSubscription.of("a", Qos.AT_LEAST_ONCE), MqttProperties.NONE);
        log.cleared();
        log.close();

        StoredSession session = Logs.reopened(DiskStore.at(folder), "c");

        assertThat(session.publishes()).extracting(StoredPublish::sequence).containsExactly(2L);
        assertThat(session.received()).isEmpty();
        assertThat(session.subscriptions()).isEmpty();
    }

    @Test
    void a_publish_that_is_noted_again_replaces_the_first_note() throws IOException {
        SessionLog log = DiskStore.at(folder).open("c");
        log.accepted(1, Logs.message(1), Logs.NEVER);
        log.sent(1, 8);
        log.cleared();
        log.accepted(1, Logs.message(1), Logs.NEVER);
        log.close();

        assertThat(Logs.reopened(DiskStore.at(folder), "c").publishes())
                .singleElement()
                .satisfies(publish -> assertThat(publish.packetId()).isZero());
    }

    @Test
    void what_was_forced_is_there_although_the_log_was_never_closed() throws IOException {
        SessionLog log = DiskStore.at(folder).open("c");
        log.accepted(1, Logs.message(1), Logs.NEVER);
        Logs.force(log);

        assertThat(StoredLog.in(folder))
                .singleElement()
                .satisfies(stored -> assertThat(stored.session().publishes()).hasSize(1));
        log.close();
    }

    @Test
    void a_second_opener_in_the_process_learns_why_it_fails() throws IOException {
        SessionLog log = DiskStore.at(folder).open("boiler-7");

        assertThatThrownBy(() -> DiskStore.at(folder).open("boiler-7"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot open the session of client 'boiler-7'")
                .hasMessageContaining("held by another client in this process");

        SessionLog neighbour = DiskStore.at(folder).open("boiler-8");
        neighbour.close();
        log.close();
        DiskStore.at(folder).open("boiler-7").close();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void only_the_owner_may_read_files_and_folders() throws IOException {
        Path state = folder.resolve("state");
        SessionLog log = DiskStore.builder(state).segmentSize(1_024).build().open("c");
        for (int n = 0; n < 100; n++) {
            log.accepted(n, Logs.message(n), Logs.NEVER);
            Logs.force(log);
        }
        log.close();

        try (Stream<Path> all = Files.walk(state)) {
            assertThat(all)
                    .allSatisfy(path -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                            .as(path.toString())
                            .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------"));
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void the_folder_of_a_session_that_others_could_read_is_closed_to_them() throws IOException {
        Path session = Files.createDirectories(folder.resolve("c"));
        Files.setPosixFilePermissions(session, PosixFilePermissions.fromString("rwxr-xr-x"));

        DiskStore.at(folder).open("c").close();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(session)))
                .isEqualTo("rwx------");
    }

    @Test
    void a_store_that_cannot_be_opened_says_why() throws IOException {
        Files.writeString(folder.resolve("file"), "");

        assertThatThrownBy(() -> DiskStore.at(folder.resolve("file")).open("c"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot open the session of client 'c' in " + folder.resolve("file"))
                .hasMessageContaining("Not a directory");
    }

    @Test
    void opening_that_fails_releases_the_lock() throws IOException {
        DiskStore broken = DiskStore.builder(folder)
                .onRecovery(report -> {
                    throw new AssertionError("a listener that fails");
                })
                .build();

        assertThatThrownBy(() -> broken.open("c")).isInstanceOf(AssertionError.class);
        Files.createDirectory(folder.resolve("c").resolve("0000000000000000.log"));
        assertThatThrownBy(() -> DiskStore.at(folder).open("c"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("0000000000000000.log: Is a directory");
        Files.delete(folder.resolve("c").resolve("0000000000000000.log"));

        DiskStore.at(folder).open("c").close();
    }

    @Test
    void forces_are_answered_in_the_order_of_their_positions() throws IOException {
        SessionLog log = DiskStore.at(folder).open("c");
        ConcurrentLinkedQueue<Integer> order = new ConcurrentLinkedQueue<>();
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int n = 0; n < 2_000; n++) {
            int number = n;
            log.accepted(n, Logs.message(n), Logs.NEVER);
            CompletableFuture<Void> forced = new CompletableFuture<>();
            log.force(
                    log.position(),
                    () -> {
                        order.add(number);
                        forced.complete(null);
                    },
                    forced::completeExceptionally);
            all.add(forced);
        }
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
                .orTimeout(20, TimeUnit.SECONDS)
                .join();

        assertThat(List.copyOf(order)).hasSize(2_000).isSorted();
        assertThat(log.forced()).isEqualTo(log.position());
        log.close();
    }

    @Test
    void a_force_of_what_is_safe_is_answered_at_once() throws IOException {
        SessionLog log = DiskStore.at(folder).open("c");
        log.received(1);
        Logs.force(log);

        assertThat(Logs.forced(log)).isDone();
        log.close();
    }

    @Test
    void close_answers_the_forces_that_are_under_way() throws IOException {
        SessionLog log = DiskStore.at(folder).open("c");
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int n = 0; n < 100; n++) {
            log.accepted(n, Logs.message(n), Logs.NEVER);
            all.add(Logs.forced(log));
        }
        log.close();

        assertThat(all).allSatisfy(forced -> assertThat(forced).isCompleted());
        assertThat(Logs.reopened(DiskStore.at(folder), "c").publishes()).hasSize(100);
    }

    @Test
    void one_thread_serves_all_sessions_and_ends_with_the_last() throws IOException {
        DiskStore store = DiskStore.at(folder);
        List<SessionLog> logs = new ArrayList<>();
        for (int n = 0; n < 20; n++) {
            logs.add(store.open("client-" + n));
        }
        assertThat(storeThreads()).isEqualTo(1);

        for (SessionLog log : logs) {
            log.received(1);
            log.close();
        }

        assertThat(storeThreads()).isZero();
    }

    private static long storeThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("godwit-store"))
                .count();
    }

    @Test
    void written_durability_answers_before_the_disk_is_forced_and_keeps_all() throws IOException {
        DiskStore store = DiskStore.builder(folder)
                .durability(Durability.written(Duration.ofMillis(5)))
                .segmentSize(4_096)
                .build();
        SessionLog log = store.open("c");
        for (int n = 0; n < 1_000; n++) {
            log.accepted(n, Logs.message(n), Logs.NEVER);
            if (n >= 10) {
                log.ended(n - 10);
            }
            if (n % 50 == 0) {
                Logs.force(log);
            }
        }
        log.close();

        assertThat(Logs.reopened(store, "c").publishes())
                .extracting(StoredPublish::sequence)
                .containsExactly(990L, 991L, 992L, 993L, 994L, 995L, 996L, 997L, 998L, 999L);
    }

    @Test
    void what_was_recovered_is_not_kept_once_notes_are_made() throws IOException {
        SessionLog log = DiskStore.at(folder).open("c");
        log.received(1);

        assertThatThrownBy(log::recovered).isInstanceOf(IllegalStateException.class);
        log.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "..", ".", "a/b", "../../etc", "A", "a", "con", "NUL.txt", "ü", "a b", "x\u0001", "~", "a."})
    void any_client_identifier_has_a_folder_of_its_own_inside_the_store(String clientId) throws IOException {
        SessionLog log = DiskStore.at(folder).open(clientId);
        log.received(7);
        log.close();

        assertThat(Logs.reopened(DiskStore.at(folder), clientId).received()).containsExactly(7);
        try (Stream<Path> entries = Files.list(folder)) {
            assertThat(entries)
                    .singleElement()
                    .satisfies(entry -> assertThat(Files.isDirectory(entry)).isTrue());
        }
        assertThat(StoredLog.in(folder))
                .singleElement()
                .satisfies(stored -> assertThat(stored.clientId()).isEqualTo(clientId));
    }

    @Test
    void folder_names_differ_also_where_case_does_not_count() {
        Set<String> names = new HashSet<>();
        for (String id : List.of("a", "A", "a/b", "a_b", "a:b", "x".repeat(300), "x".repeat(301), "CON", "con")) {
            assertThat(names.add(FolderName.of(id).toLowerCase(java.util.Locale.ROOT)))
                    .as(id)
                    .isTrue();
            assertThat(FolderName.of(id).length()).isLessThan(100);
        }
    }

    @Test
    void a_folder_that_was_renamed_is_refused() throws IOException {
        SessionLog log = DiskStore.at(folder).open("old");
        log.received(1);
        log.close();
        Files.move(folder.resolve("old"), folder.resolve("new"));

        assertThatThrownBy(() -> DiskStore.at(folder).open("new"))
                .hasMessageContaining("holds the session of client 'old'");
        Files.move(folder.resolve("new"), folder.resolve("old"));
        assertThat(Logs.reopened(DiskStore.at(folder), "old").received()).containsExactly(1);
    }
}
