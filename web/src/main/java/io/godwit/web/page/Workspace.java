package io.godwit.web.page;

import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.Tls;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.web.avro.AvroSchema;
import io.godwit.web.decode.DecodeRule;
import io.godwit.web.decode.Decoding;
import io.godwit.web.decode.DescriptorSet;
import io.godwit.web.source.BrokerPlan;
import io.godwit.web.source.RecordingFile;
import io.godwit.web.source.RetainedJob;
import io.godwit.web.source.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What all pages of one server share: sources, decoders, uploads, recordings, scans. Any thread. */
public final class Workspace implements AutoCloseable {
    private static final int MOST_KEPT = 10;
    private static final long UPLOAD_MILLIS = 5 * 60_000;

    /**
     * A broker that a page asks for.
     *
     * @param address with or without a scheme
     * @param tls what the page says about TLS; null: nothing
     */
    public record NewBroker(
            String address,
            @Nullable String name,
            @Nullable String user,
            @Nullable String password,
            @Nullable ProtocolVersion version,
            @Nullable String clientId,
            List<String> filters,
            @Nullable Tls tls) {
        /**
         * Where it is. An address without a scheme is one of TLS if there are options for it.
         *
         * @throws IllegalArgumentException if the address is invalid
         */
        public ServerAddress server() {
            return ServerAddress.parse(
                    address.contains("://") ? address : (tls == null ? "mqtt://" : "mqtts://") + address);
        }

        /**
         * How to reach it.
         *
         * @throws IllegalArgumentException if the address is invalid, or without TLS although there are options for it
         */
        public TransportOptions transport() {
            ServerAddress plain = server().withoutCredentials();
            if (tls != null && !plain.scheme().isTls()) {
                throw new IllegalArgumentException("there are files or settings for TLS, but " + plain
                        + " would be reached without it: use " + (plain.scheme().isWebSocket() ? "wss://" : "mqtts://")
                        + ", or remove them");
            }
            TransportOptions.Builder options = TransportOptions.builder().servers(List.of(plain));
            return (tls == null ? options : options.tls(tls)).build();
        }

        /** Without the password. */
        @Override
        public String toString() {
            return "NewBroker[" + address + "]";
        }
    }

    /** Plans how to watch a broker that a page asks for. */
    public interface Planner {
        /** @throws IllegalArgumentException if the address is invalid */
        BrokerPlan plan(NewBroker asked);
    }

    private record Upload(byte[] bytes, long until) {}

    // Set once.
    private final String version;
    private final boolean readOnly;
    private final Sources sources;
    private final Planner planner;

    // Any thread.
    private final List<Runnable> decodingListeners = new CopyOnWriteArrayList<>();
    private final AtomicLong next = new AtomicLong(1);
    private volatile Supplier<String> link = () -> "";
    private volatile Decoding decoding;

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final Map<String, Upload> uploads = new LinkedHashMap<>();
    private final Map<String, RecordingFile> recordings = new LinkedHashMap<>();
    private final Map<String, RetainedJob> scans = new LinkedHashMap<>();
    private final Map<String, RetainedJob> undos = new LinkedHashMap<>();

    public Workspace(String version, boolean readOnly, Sources sources, Decoding decoding, Planner planner) {
        this.version = version;
        this.readOnly = readOnly;
        this.sources = sources;
        this.decoding = decoding;
        this.planner = planner;
    }

    public String version() {
        return version;
    }

    /** Whether pages may change nothing at a broker. */
    public boolean readOnly() {
        return readOnly;
    }

    public Sources sources() {
        return sources;
    }

    public Decoding decoding() {
        return decoding;
    }

    BrokerPlan plan(NewBroker asked) {
        return planner.plan(asked);
    }

    /** Says where {@link #link} takes its addresses from. */
    public void links(Supplier<String> newLink) {
        link = newLink;
    }

    String link() {
        return link.get();
    }

    // ---- decoders ----

    private void change(UnaryOperator<Decoding> change) {
        lock.lock();
        try {
            decoding = change.apply(decoding);
        } finally {
            lock.unlock();
        }
        decodingListeners.forEach(Runnable::run);
    }

    void rules(List<DecodeRule> rules) {
        change(before -> before.withRules(rules));
    }

    /** @throws IllegalArgumentException if it is not a descriptor set */
    public DescriptorSet addDescriptors(String name, byte[] bytes) {
        DescriptorSet set = DescriptorSet.read(name, bytes);
        change(before -> before.withDescriptors(set));
        return set;
    }

    /** @throws IllegalArgumentException if it is not a schema of Avro */
    public AvroSchema addSchema(String name, byte[] json) {
        AvroSchema schema = AvroSchema.read(name, json);
        change(before -> before.withSchema(schema));
        return schema;
    }

    void onDecoding(Runnable listener) {
        decodingListeners.add(listener);
    }

    void ignoreDecoding(Runnable listener) {
        decodingListeners.remove(listener);
    }

    // ---- uploads ----

    /** Keeps a payload for a publish. Returns its identifier. */
    public String addUpload(byte[] bytes) {
        String id = "u" + next.getAndIncrement();
        lock.lock();
        try {
            uploads.values().removeIf(each -> each.until < sources.now());
            keep(uploads, id, new Upload(bytes, sources.now() + UPLOAD_MILLIS));
        } finally {
            lock.unlock();
        }
        return id;
    }

    byte @Nullable [] takeUpload(String id) {
        lock.lock();
        try {
            Upload upload = uploads.remove(id);
            return upload == null || upload.until < sources.now() ? null : upload.bytes;
        } finally {
            lock.unlock();
        }
    }

    // ---- recordings ----

    /** Begins a recording in a temporary file. Returns its identifier. */
    String startRecording(@Nullable TopicFilter filter) throws IOException {
        RecordingFile file = new RecordingFile(Files.createTempFile("godwit-web-", ".jsonl"), sources.now(), filter);
        String id = "r" + next.getAndIncrement();
        lock.lock();
        try {
            recordings.put(id, file);
        } finally {
            lock.unlock();
        }
        return id;
    }

    public @Nullable RecordingFile recording(String id) {
        lock.lock();
        try {
            return recordings.get(id);
        } finally {
            lock.unlock();
        }
    }

    /** The identifier of a recording; empty if it isn't one of this workspace's. */
    String idOf(RecordingFile file) {
        lock.lock();
        try {
            return recordings.entrySet().stream()
                    .filter(each -> each.getValue() == file)
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElse("");
        } finally {
            lock.unlock();
        }
    }

    // ---- retained messages ----

    String addScan(RetainedJob job) {
        return add(scans, "s", job);
    }

    String addUndo(RetainedJob job) {
        return add(undos, "u", job);
    }

    private String add(Map<String, RetainedJob> to, String letter, RetainedJob job) {
        String id = letter + next.getAndIncrement();
        lock.lock();
        try {
            keep(to, id, job);
        } finally {
            lock.unlock();
        }
        return id;
    }

    private static <T> void keep(Map<String, T> to, String id, T value) {
        to.put(id, value);
        if (to.size() > MOST_KEPT) {
            to.remove(to.keySet().iterator().next());
        }
    }

    @Nullable
    RetainedJob scan(String id) {
        lock.lock();
        try {
            return scans.get(id);
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    RetainedJob undo(String id) {
        lock.lock();
        try {
            return undos.get(id);
        } finally {
            lock.unlock();
        }
    }

    /** Ends all sources, and deletes the recordings that were made here. */
    @Override
    public void close() {
        sources.close();
        lock.lock();
        try {
            for (RecordingFile file : recordings.values()) {
                file.close();
                Files.deleteIfExists(file.path());
            }
            recordings.clear();
        } catch (IOException e) {
            throw new IllegalStateException("cannot delete a recording: " + e.getMessage(), e);
        } finally {
            lock.unlock();
        }
    }
}
