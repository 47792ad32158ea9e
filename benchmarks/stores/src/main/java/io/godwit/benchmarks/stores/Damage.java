package io.godwit.benchmarks.stores;

import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.store.DiskStore;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.apache.activemq.artemis.core.io.nio.NIOSequentialFileFactory;
import org.apache.activemq.artemis.core.journal.PreparedTransactionInfo;
import org.apache.activemq.artemis.core.journal.RecordInfo;
import org.apache.activemq.artemis.core.journal.impl.JournalImpl;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;

/**
 * What is left after damage: each contender writes 10,000 records durably and is closed; then its largest file is hurt, and
 * it is opened again. Argument: a folder.
 */
public final class Damage {
    private static final int RECORDS = 10_000;
    private static final int PAYLOAD = 200;
    private static final int BLOCK = 4_096;
    private static final int TAIL = 100;

    private Damage() {}

    private interface Factory {
        Contender open(Path folder) throws Exception;
    }

    private interface Reader {
        String read(Path folder) throws Exception;
    }

    private interface Harm {
        void to(RandomAccessFile file, long end) throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, Factory> writers = new LinkedHashMap<>();
        writers.put("Godwit's log", Contenders::godwit);
        writers.put("artemis-journal, NIO", Contenders::artemis);
        writers.put("MVStore", Contenders::mvStore);
        Map<String, Reader> readers = Map.of(
                "Godwit's log", Damage::godwit, "artemis-journal, NIO", Damage::artemis, "MVStore", Damage::mvStore);
        Map<String, Harm> harms = new LinkedHashMap<>();
        harms.put("none", (file, end) -> {});
        harms.put("one bit flipped in the middle", (file, end) -> {
            file.seek(end / 2);
            int before = file.read();
            file.seek(end / 2);
            file.write(before ^ 1);
        });
        harms.put("4 KiB zeroed in the middle", (file, end) -> {
            file.seek(end / 2);
            file.write(new byte[BLOCK]);
        });
        harms.put("the last 100 bytes cut", (file, end) -> file.setLength(end - TAIL));
        System.out.println(
                "| damage | store | records of 10,000 that come back | what it says |\n| --- | --- | --- | --- |");
        for (Map.Entry<String, Harm> harm : harms.entrySet()) {
            for (Map.Entry<String, Factory> writer : writers.entrySet()) {
                Path folder = Files.createTempDirectory(Files.createDirectories(Path.of(arguments[0])), "damage");
                write(writer.getValue(), folder);
                harm(folder, harm.getValue());
                System.out.printf(
                        "| %s | %s | %s |%n",
                        harm.getKey(),
                        writer.getKey(),
                        read(Objects.requireNonNull(readers.get(writer.getKey())), folder));
                delete(folder);
            }
        }
        System.exit(0);
    }

    private static void write(Factory factory, Path folder) throws Exception {
        byte[] payload = new byte[PAYLOAD];
        Arrays.fill(payload, (byte) 1);
        CountDownLatch safe = new CountDownLatch(RECORDS);
        try (Contender contender = factory.open(folder)) {
            for (int i = 1; i <= RECORDS; i++) {
                contender.add(i, payload, safe::countDown);
            }
            safe.await();
        }
    }

    /** The largest file, up to its last byte that is not zero: journals are filled up in advance. */
    private static void harm(Path folder, Harm harm) throws Exception {
        Path largest;
        try (Stream<Path> all = Files.walk(folder)) {
            largest = all.filter(Files::isRegularFile)
                    .max(Comparator.comparingLong(Damage::used))
                    .orElseThrow();
        }
        try (RandomAccessFile file = new RandomAccessFile(largest.toFile(), "rw")) {
            harm.to(file, used(largest));
        }
    }

    private static long used(Path path) {
        try {
            byte[] bytes = Files.readAllBytes(path);
            int end = bytes.length;
            while (end > 0 && bytes[end - 1] == 0) {
                end--;
            }
            return end;
        } catch (java.io.IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }

    private static String read(Reader reader, Path folder) {
        try {
            return reader.read(folder);
        } catch (Throwable failure) {
            return "0 | cannot be opened: " + String.valueOf(failure).replaceAll("\\s+", " ");
        }
    }

    private static String godwit(Path folder) throws Exception {
        List<String> says = new ArrayList<>();
        DiskStore store = DiskStore.builder(folder)
                .onRecovery(report -> {
                    report.damages()
                            .forEach(damage ->
                                    says.add(damage.bytes() + " bytes at " + damage.offset() + ": " + damage.what()
                                            + (damage.setAside().isEmpty() ? "" : "; set aside in a named file")));
                    if (report.tornBytes() > 0) {
                        says.add(report.tornBytes() + " bytes torn");
                    }
                })
                .build();
        SessionLog log = store.open("c");
        var back = log.recovered().publishes();
        long altered =
                back.stream().filter(one -> !isTail(one.message().payload())).count();
        log.close();
        return back.size() + ", " + altered + " of them altered | "
                + (says.isEmpty() ? "nothing" : String.join("; ", says));
    }

    private static String artemis(Path folder) throws Exception {
        NIOSequentialFileFactory files =
                new NIOSequentialFileFactory(folder.toFile(), true, 512 * 1024, 100_000, 1, false);
        JournalImpl journal = new JournalImpl(10 << 20, 4, 4, 10, 30, files, "log", "amq", 1);
        journal.start();
        List<RecordInfo> records = new ArrayList<>();
        List<PreparedTransactionInfo> transactions = new ArrayList<>();
        journal.load(records, transactions, null);
        journal.stop();
        long altered = records.stream().filter(record -> !isTail(record.data)).count();
        return records.size() + ", " + altered + " of them altered | nothing to its caller";
    }

    private static String mvStore(Path folder) {
        try (MVStore store = new MVStore.Builder()
                .fileName(folder.resolve("store.mv").toString())
                .open()) {
            MVMap<Long, byte[]> map = store.openMap("publishes");
            int readable = 0;
            int altered = 0;
            String says = "nothing";
            for (long i = 1; i <= RECORDS; i++) {
                try {
                    byte[] value = map.get(i);
                    readable += value == null ? 0 : 1;
                    altered += value == null || isTail(value) ? 0 : 1;
                } catch (RuntimeException broken) {
                    says = "at each reading: "
                            + String.valueOf(broken.getMessage()).replaceAll("\\s+", " ");
                }
            }
            return readable + ", " + altered + " of them altered | " + says;
        }
    }

    /** Whether a record ends in the payload that was written: nothing but ones. */
    private static boolean isTail(byte[] bytes) {
        for (int i = Math.max(0, bytes.length - PAYLOAD); i < bytes.length; i++) {
            if (bytes[i] != 1) {
                return false;
            }
        }
        return bytes.length >= PAYLOAD;
    }

    private static void delete(Path folder) throws Exception {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
