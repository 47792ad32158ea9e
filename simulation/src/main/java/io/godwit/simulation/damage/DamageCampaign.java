package io.godwit.simulation.damage;

import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.store.StoredSession;
import io.godwit.mqtt.client.store.StoredSession.StoredPublish;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.store.DiskStore;
import io.godwit.mqtt.store.RecoveryReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Damages copies of a store and opens them. No message may be altered, no loss may go unreported, and the damage must be
 * reported once only; after that the log must work again.
 */
final class DamageCampaign {
    private static final int PUBLISHES = 200;
    private static final String CLIENT = "c";

    private final Path folder;
    private final List<Path> files;
    private final Set<Long> live = new TreeSet<>();

    /** @param folder an empty one, for the store and its copies */
    DamageCampaign(Path folder) throws IOException {
        this.folder = folder;
        Path store = folder.resolve("store");
        fill(store);
        try (Stream<Path> all = Files.list(store.resolve(CLIENT))) {
            this.files = all.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList();
        }
    }

    private void fill(Path store) throws IOException {
        SessionLog log = open(store, new ArrayList<>());
        for (int n = 0; n < PUBLISHES; n++) {
            log.accepted(n, message(n), Long.MAX_VALUE);
            live.add((long) n);
            if (n % 3 == 0) {
                log.sent(n, 1 + n);
            }
            if (n % 4 == 0 && n > 10 && live.remove(n - 7L)) {
                log.ended(n - 7L);
            }
            if (n % 10 == 0) {
                force(log);
            }
        }
        force(log);
        log.close();
    }

    private static SessionLog open(Path store, List<RecoveryReport> reports) throws IOException {
        return DiskStore.builder(store)
                .segmentSize(4_096)
                .onRecovery(reports::add)
                .build()
                .open(CLIENT);
    }

    private static void force(SessionLog log) {
        CompletableFuture<Void> forced = new CompletableFuture<>();
        log.force(log.position(), () -> forced.complete(null), forced::completeExceptionally);
        forced.orTimeout(20, TimeUnit.SECONDS).join();
    }

    /** Its content follows from its number, so that an altered one shows. */
    private static Message message(long number) {
        SplittableRandom random = new SplittableRandom(number);
        byte[] payload = new byte[20 + random.nextInt(200)];
        random.nextBytes(payload);
        return new Message("topic/" + number, payload, Qos.of((int) (1 + number % 2)), false, MqttProperties.NONE);
    }

    /** What went wrong; null if nothing did. */
    @Nullable
    String run(DamageKind kind, long seed) throws IOException {
        Path copy = folder.resolve(kind + "-" + seed);
        Path session = Files.createDirectories(copy.resolve(CLIENT));
        List<Path> copies = new ArrayList<>();
        for (Path file : files) {
            copies.add(Files.copy(file, session.resolve(file.getFileName())));
        }
        kind.apply(copies, new SplittableRandom(seed));
        String fault = check(copy);
        return fault == null ? null : kind + ", seed " + seed + ": " + fault;
    }

    private @Nullable String check(Path store) throws IOException {
        List<RecoveryReport> reports = new ArrayList<>();
        SessionLog log = open(store, reports);
        StoredSession session = log.recovered();
        Set<Long> found = new TreeSet<>();
        for (StoredPublish publish : session.publishes()) {
            if (!publish.message().equals(message(publish.sequence()))) {
                return "message " + publish.sequence() + " was altered";
            }
            found.add(publish.sequence());
        }
        boolean reported = !reports.get(0).isWhole() || reports.get(0).tornBytes() > 0;
        if (!found.equals(live) && !reported) {
            return "recovered " + found + " instead of " + live + ", and nothing was reported";
        }
        log.accepted(PUBLISHES, message(PUBLISHES), Long.MAX_VALUE);
        force(log);
        log.close();
        SessionLog again = open(store, reports);
        int count = again.recovered().publishes().size();
        again.close();
        if (count != found.size() + 1) {
            return "the second time " + count + " publishes were recovered instead of " + (found.size() + 1);
        }
        RecoveryReport second = reports.get(1);
        return second.isWhole() && second.tornBytes() == 0 ? null : "the damage was reported again: " + second;
    }
}
