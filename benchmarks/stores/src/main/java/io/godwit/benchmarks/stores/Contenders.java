package io.godwit.benchmarks.stores;

import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.store.DiskStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.activemq.artemis.api.core.ActiveMQBuffer;
import org.apache.activemq.artemis.core.io.nio.NIOSequentialFileFactory;
import org.apache.activemq.artemis.core.journal.EncodingSupport;
import org.apache.activemq.artemis.core.journal.IOCompletion;
import org.apache.activemq.artemis.core.journal.impl.JournalImpl;
import org.eclipse.paho.mqttv5.client.persist.MqttDefaultFilePersistence;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.MqttPublish;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;

/** The stores that are compared. */
final class Contenders {
    private static final String TOPIC = "boiler/7/temperature";

    private Contenders() {}

    /** What a client keeps of a publish: accepted, sent, forced; then ended. */
    static Contender godwit(Path folder) throws IOException {
        SessionLog log = DiskStore.at(folder).open("c");
        ReentrantLock session = new ReentrantLock();
        return new Contender() {
            @Override
            public void add(long sequence, byte[] payload, Runnable safe) {
                long position;
                session.lock();
                try {
                    log.accepted(sequence, Message.of(TOPIC, payload), Long.MAX_VALUE);
                    log.sent(sequence, (int) (sequence % 65_535) + 1);
                    position = log.position();
                } finally {
                    session.unlock();
                }
                log.force(position, safe, failure -> {
                    throw new IllegalStateException(failure);
                });
            }

            @Override
            public void end(long sequence) {
                session.lock();
                try {
                    log.ended(sequence);
                } finally {
                    session.unlock();
                }
            }

            @Override
            public void close() throws IOException {
                log.close();
            }
        };
    }

    /** Artemis's journal on NIO, with its own grouping of writes. */
    static Contender artemis(Path folder) throws Exception {
        Files.createDirectories(folder);
        NIOSequentialFileFactory files =
                new NIOSequentialFileFactory(folder.toFile(), true, 512 * 1024, 100_000, 1, false);
        JournalImpl journal = new JournalImpl(10 << 20, 4, 4, 10, 30, files, "log", "amq", 1);
        journal.start();
        journal.loadInternalOnly();
        return new Contender() {
            @Override
            public void add(long sequence, byte[] payload, Runnable safe) throws Exception {
                journal.appendAddRecord(sequence, (byte) 1, new Bytes(payload), true, new IOCompletion() {
                    @Override
                    public void storeLineUp() {}

                    @Override
                    public void done() {
                        safe.run();
                    }

                    @Override
                    public void onError(int code, String message) {
                        throw new IllegalStateException(message);
                    }
                });
            }

            @Override
            public void end(long sequence) throws Exception {
                journal.appendDeleteRecord(sequence, false);
            }

            @Override
            public void close() throws Exception {
                journal.stop();
            }
        };
    }

    private record Bytes(byte[] payload) implements EncodingSupport {
        @Override
        public int getEncodeSize() {
            return TOPIC.length() + payload.length + 8;
        }

        @Override
        public void encode(ActiveMQBuffer buffer) {
            buffer.writeInt(TOPIC.length());
            buffer.writeBytes(TOPIC.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            buffer.writeInt(payload.length);
            buffer.writeBytes(payload);
        }

        @Override
        public void decode(ActiveMQBuffer buffer) {
            throw new UnsupportedOperationException();
        }
    }

    /** MVStore with a thread that commits and syncs for all that have come meanwhile. */
    static Contender mvStore(Path folder) throws IOException {
        Files.createDirectories(folder);
        MVStore store = new MVStore.Builder()
                .fileName(folder.resolve("store.mv").toString())
                .autoCommitDisabled()
                .open();
        MVMap<Long, byte[]> map = store.openMap("publishes");
        return new Contender() {
            private final ReentrantLock lock = new ReentrantLock();
            private List<Runnable> waiting = new ArrayList<>();
            private volatile boolean closed;
            private final Thread committer = start();

            private Thread start() {
                Thread thread = new Thread(this::commit, "committer");
                thread.start();
                return thread;
            }

            private void commit() {
                while (!closed) {
                    List<Runnable> batch;
                    lock.lock();
                    try {
                        batch = waiting;
                        waiting = new ArrayList<>();
                    } finally {
                        lock.unlock();
                    }
                    if (batch.isEmpty()) {
                        Thread.onSpinWait();
                    } else {
                        store.commit();
                        store.sync();
                        batch.forEach(Runnable::run);
                    }
                }
            }

            @Override
            public void add(long sequence, byte[] payload, Runnable safe) {
                map.put(sequence, payload);
                lock.lock();
                try {
                    waiting.add(safe);
                } finally {
                    lock.unlock();
                }
            }

            @Override
            public void end(long sequence) {
                map.remove(sequence);
            }

            @Override
            public void close() throws InterruptedException {
                closed = true;
                committer.join();
                store.close();
            }
        };
    }

    /** Paho's file persistence: one file a message, forced each. */
    static Contender paho(Path folder) throws Exception {
        Files.createDirectories(folder);
        MqttDefaultFilePersistence files = new MqttDefaultFilePersistence(folder.toString());
        files.open("c");
        return new Contender() {
            @Override
            public void add(long sequence, byte[] payload, Runnable safe) throws Exception {
                files.put(
                        "s-" + sequence,
                        new MqttPublish(
                                TOPIC, new MqttMessage(payload, 1, false, new MqttProperties()), new MqttProperties()));
                safe.run();
            }

            @Override
            public void end(long sequence) throws Exception {
                files.remove("s-" + sequence);
            }

            @Override
            public void close() throws Exception {
                files.close();
            }
        };
    }
}
