package io.godwit.benchmarks.stores;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.store.DiskStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MqttDefaultFilePersistence;

/**
 * Durable publishes a second with 1,000 outstanding ({@code -Doutstanding} says otherwise), all contenders on the same disk in one run, one after the other in
 * each round. With the address of a broker it compares whole clients: QoS 1, each message safe before it is sent.
 */
public final class Main {
    private static final int OUTSTANDING = Integer.getInteger("outstanding", 1_000);
    private static final int PAYLOAD = 200;
    private static final int ROUNDS = 5;
    private static final long ROUND_NANOS = TimeUnit.SECONDS.toNanos(2);

    private Main() {}

    private interface Round {
        double run(Path folder) throws Exception;
    }

    private interface Factory {
        Contender open(Path folder) throws Exception;
    }

    /** Arguments: a folder on the disk to measure; then perhaps the address of a broker, such as tcp://127.0.0.1:1883. */
    public static void main(String[] arguments) throws Exception {
        Map<String, Round> rounds = new LinkedHashMap<>();
        if (arguments.length > 1) {
            rounds.put("Godwit, DiskStore", folder -> godwit(folder, arguments[1]));
            rounds.put("Paho, file persistence", folder -> paho(folder, arguments[1]));
        } else {
            rounds.put("Godwit's log", folder -> store(Contenders::godwit, folder));
            rounds.put("artemis-journal, NIO", folder -> store(Contenders::artemis, folder));
            rounds.put("MVStore, commit and sync", folder -> store(Contenders::mvStore, folder));
            rounds.put("Paho's file persistence", folder -> store(Contenders::paho, folder));
        }
        Map<String, double[]> results = new LinkedHashMap<>();
        for (int round = -1; round < ROUNDS; round++) {
            for (Map.Entry<String, Round> one : rounds.entrySet()) {
                Path folder = Files.createTempDirectory(Files.createDirectories(Path.of(arguments[0])), "store");
                double perSecond = one.getValue().run(folder);
                if (round >= 0) {
                    results.computeIfAbsent(one.getKey(), absent -> new double[ROUNDS])[round] = perSecond;
                }
                delete(folder);
            }
        }
        System.out.printf("%-28s %12s %12s %12s   publishes/s%n", "", "median", "least", "most");
        results.forEach((name, perSecond) -> {
            Arrays.sort(perSecond);
            System.out.printf(
                    "%-28s %,12.0f %,12.0f %,12.0f%n",
                    name, perSecond[ROUNDS / 2], perSecond[0], perSecond[ROUNDS - 1]);
        });
        System.exit(0);
    }

    private static double store(Factory factory, Path folder) throws Exception {
        byte[] payload = new byte[PAYLOAD];
        Semaphore window = new Semaphore(OUTSTANDING);
        ConcurrentLinkedQueue<Long> safe = new ConcurrentLinkedQueue<>();
        try (Contender contender = factory.open(folder)) {
            long start = System.nanoTime();
            long sequence = 0;
            long ended = 0;
            while (System.nanoTime() - start < ROUND_NANOS) {
                window.acquire();
                long mine = ++sequence;
                contender.add(mine, payload, () -> {
                    safe.add(mine);
                    window.release();
                });
                for (Long done = safe.poll(); done != null; done = safe.poll()) {
                    contender.end(done);
                    ended++;
                }
            }
            double perSecond = ended * 1e9 / (System.nanoTime() - start);
            window.acquire(OUTSTANDING);
            return perSecond;
        }
    }

    private static double godwit(Path folder, String broker) throws Exception {
        Semaphore window = new Semaphore(OUTSTANDING);
        byte[] payload = new byte[PAYLOAD];
        try (MqttClient client = MqttClient.builder()
                .server(broker.replace("tcp://", "mqtt://"))
                .clientId("godwit-stores")
                .cleanSession(false)
                .store(DiskStore.at(folder))
                .build()) {
            client.connect();
            long start = System.nanoTime();
            long count = 0;
            while (System.nanoTime() - start < ROUND_NANOS) {
                window.acquire();
                client.publishAsync(Message.of("stores/godwit", payload))
                        .whenComplete((result, failure) -> window.release());
                count++;
            }
            window.acquire(OUTSTANDING);
            return count * 1e9 / (System.nanoTime() - start);
        }
    }

    private static double paho(Path folder, String broker) throws Exception {
        Semaphore window = new Semaphore(OUTSTANDING);
        byte[] payload = new byte[PAYLOAD];
        MqttAsyncClient client =
                new MqttAsyncClient(broker, "paho-stores", new MqttDefaultFilePersistence(folder.toString()));
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setReceiveMaximum(OUTSTANDING);
        options.setCleanStart(false);
        client.connect(options).waitForCompletion();
        MqttActionListener release = new MqttActionListener() {
            @Override
            public void onSuccess(IMqttToken token) {
                window.release();
            }

            @Override
            public void onFailure(IMqttToken token, Throwable failure) {
                window.release();
            }
        };
        long start = System.nanoTime();
        long count = 0;
        while (System.nanoTime() - start < ROUND_NANOS) {
            window.acquire();
            client.publish("stores/paho", payload, 1, false, null, release);
            count++;
        }
        window.acquire(OUTSTANDING);
        double perSecond = count * 1e9 / (System.nanoTime() - start);
        client.disconnect().waitForCompletion();
        client.close();
        return perSecond;
    }

    private static void delete(Path folder) throws Exception {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
