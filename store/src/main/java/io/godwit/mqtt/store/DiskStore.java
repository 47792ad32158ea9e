package io.godwit.mqtt.store;

import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.store.SessionStore;
import io.godwit.mqtt.store.RecoveryReport.Damage;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions on disk: what a client must bring back, and what was accepted and not yet sent, survive the death of the
 * process and, by the {@link Durability} chosen, of the machine. Each session has a folder of its own below the store's,
 * which one client of one process may have open at a time.
 *
 * <pre>{@code
 * MqttClient.builder()
 *     .clientId("boiler-7")
 *     .cleanSession(false)
 *     .store(DiskStore.at(Path.of("state")))
 * }</pre>
 *
 * <p>One daemon thread writes and forces for all sessions of a store; it lives while one is open. A disk that fills up
 * fails the publishes that wait for it, and the log continues once there is space. Everything whole in a damaged log is
 * recovered; the rest is copied to a file that ends in {@code .damaged}, logged as a warning and reported to the listener.
 */
public final class DiskStore implements SessionStore {
    private static final Logger LOG = LoggerFactory.getLogger(DiskStore.class);
    private static final String LOCK = "lock";

    private final StoreSettings settings;
    private final CommitThread thread;

    private DiskStore(StoreSettings settings) {
        this.settings = settings;
        this.thread = new CommitThread(
                settings.executor(), settings.durability().forcedEvery().toNanos());
    }

    /** A store in this folder, which is created on first use, with {@link Durability#FORCED}. */
    public static DiskStore at(Path folder) {
        return builder(folder).build();
    }

    public static Builder builder(Path folder) {
        return new Builder(folder);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IOException if the folder cannot be created, read or locked, or holds another client's session; the message
     *     says which. The lock is released then.
     */
    @Override
    public SessionLog open(String clientId) throws IOException {
        Path folder = settings.folder().resolve(FolderName.of(clientId));
        try {
            settings.disk().createFolder(folder);
            Closeable lock = settings.disk().lock(folder.resolve(LOCK));
            try {
                return open(clientId, folder, lock);
            } catch (IOException | RuntimeException | Error failure) {
                closeAfter(failure, lock);
                throw failure;
            }
        } catch (IOException failure) {
            throw new IOException(
                    "cannot open the session of client '" + clientId + "' in " + folder + ": " + Reasons.of(failure),
                    failure);
        }
    }

    private static void closeAfter(Throwable failure, Closeable resource) {
        try {
            resource.close();
        } catch (IOException second) {
            failure.addSuppressed(second);
        }
    }

    private SessionLog open(String clientId, Path folder, Closeable lock) throws IOException {
        Recovery.Result found = Recovery.read(settings.disk(), folder, clientId, true);
        SegmentHeader header = found.header();
        if (header != null && !header.clientId().equals(clientId)) {
            found.close();
            throw new IOException("the folder holds the session of client '" + header.clientId()
                    + "': it was moved or renamed; move it back");
        }
        long salt = header == null ? new SecureRandom().nextLong() : header.salt();
        Segments segments = new Segments(settings.disk(), folder, clientId, salt, settings.segmentSize());
        found.parts().forEach(part -> segments.add(part.file, part.start, part.end));
        JournalState state = new JournalState(found.live(), found.end());
        GroupCommit commit = new GroupCommit(clientId, folder, settings, thread, state, segments, found.dropped());
        try {
            report(found.report());
            if (!found.report().isWhole()) {
                commit.rewrite();
            }
        } catch (IOException | RuntimeException | Error failure) {
            state.pending.release();
            closeAfter(failure, segments::close);
            throw failure;
        }
        thread.add(commit);
        return new Journal(folder, lock, state, commit, found.session());
    }

    private void report(RecoveryReport report) {
        for (Damage damage : report.damages()) {
            LOG.warn(
                    "client '{}': the stored session is damaged: {} of {}, offset {}, {} bytes{}; the rest was recovered",
                    report.clientId(),
                    damage.what(),
                    report.folder().resolve(damage.segment()),
                    damage.offset(),
                    damage.bytes(),
                    damage.setAside().isEmpty() ? "" : ", copied to " + damage.setAside());
        }
        if (report.tornBytes() > 0) {
            LOG.info(
                    "client '{}': the stored session ends in {} bytes of an interrupted write in {}; they were not safe yet",
                    report.clientId(),
                    report.tornBytes(),
                    report.folder());
        }
        settings.onRecovery().accept(report);
    }

    /** Configures a store. Everything but the folder has a default. */
    public static final class Builder {
        private static final int DEFAULT_SEGMENT = 16 << 20;
        private static final int SMALLEST_SEGMENT = 1 << 10;
        private static final int LARGEST_SEGMENT = 1 << 30;

        private final Path folder;
        private Durability durability = Durability.FORCED;
        private int segmentSize = DEFAULT_SEGMENT;
        private long limit = Long.MAX_VALUE;
        private Consumer<RecoveryReport> onRecovery = report -> {};
        private Disk disk = Disk.SYSTEM;
        private @Nullable Executor executor;

        private Builder(Path folder) {
            this.folder = folder;
        }

        /** When a change counts as safe; default {@link Durability#FORCED}. */
        public Builder durability(Durability newDurability) {
            durability = newDurability;
            return this;
        }

        /**
         * How large a file grows before the next one is begun: the grain in which space is given back.
         *
         * @param bytes 1,024 to 1,073,741,824; default 16 MiB. A file may exceed it by one write
         */
        public Builder segmentSize(int bytes) {
            if (bytes < SMALLEST_SEGMENT || bytes > LARGEST_SEGMENT) {
                throw new IllegalArgumentException("a segment size of " + bytes + " bytes is out of range: "
                        + SMALLEST_SEGMENT + " to " + LARGEST_SEGMENT);
            }
            segmentSize = bytes;
            return this;
        }

        /**
         * How much of the disk one session may take; publishes above it fail, and are over it until they have been ended.
         * About half of what lies above two segments can be taken by messages that wait: the rest is room for those that
         * have ended and are not cleared away yet.
         *
         * @param bytes at least four segments when the store is built
         */
        public Builder limit(long bytes) {
            limit = bytes;
            return this;
        }

        /** Takes the recovery report, on the thread that opens a session. */
        public Builder onRecovery(Consumer<RecoveryReport> listener) {
            onRecovery = listener;
            return this;
        }

        /** Another file system: for tests and simulations. */
        public Builder disk(Disk newDisk) {
            disk = newDisk;
            return this;
        }

        /** Writes and forces instead of the store's own thread: for simulations. Only with durability FORCED. */
        public Builder executor(Executor newExecutor) {
            executor = newExecutor;
            return this;
        }

        /** @throws IllegalArgumentException if the settings contradict each other */
        public DiskStore build() {
            if (limit < 4L * segmentSize) {
                throw new IllegalArgumentException(
                        "a limit of " + limit + " bytes is too small: at least four segments of " + segmentSize);
            }
            if (executor != null && !durability.forcedEvery().equals(Duration.ZERO)) {
                throw new IllegalArgumentException("an executor needs durability FORCED");
            }
            return new DiskStore(new StoreSettings(folder, durability, segmentSize, limit, onRecovery, disk, executor));
        }
    }
}
