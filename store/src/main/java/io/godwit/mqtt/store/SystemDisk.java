package io.godwit.mqtt.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The machine's own file system, through {@link FileChannel}. */
final class SystemDisk implements Disk {
    private static final Logger LOG = LoggerFactory.getLogger(SystemDisk.class);
    private static final boolean FOLDERS_CAN_BE_FORCED =
            !System.getProperty("os.name", "").startsWith("Windows");

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final FileAttribute<?>[] FOLDER_OF_OWNER = {PosixFilePermissions.asFileAttribute(OWNER_ONLY)};
    private static final FileAttribute<?>[] FILE_OF_OWNER = {
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
    };
    private static final FileAttribute<?>[] DEFAULT = {};
    private static final Set<OpenOption> READ_AND_WRITE =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);

    private static boolean hasOwners(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    @Override
    public void createFolder(Path folder) throws IOException {
        Files.createDirectories(folder, hasOwners(folder) ? FOLDER_OF_OWNER : DEFAULT);
        if (hasOwners(folder) && !Files.getPosixFilePermissions(folder).equals(OWNER_ONLY)) {
            try {
                Files.setPosixFilePermissions(folder, OWNER_ONLY);
            } catch (IOException notOurs) {
                LOG.warn(
                        "cannot make {} accessible to its owner only: others may read stored messages",
                        folder,
                        notOurs);
            }
        }
    }

    @Override
    public List<String> list(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }

    @Override
    public File open(Path path) throws IOException {
        return new ChannelFile(open(path, READ_AND_WRITE));
    }

    private static FileChannel open(Path path, Set<OpenOption> options) throws IOException {
        return FileChannel.open(path, options, hasOwners(path) ? FILE_OF_OWNER : DEFAULT);
    }

    @Override
    public void delete(Path path) throws IOException {
        Files.delete(path);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
        if (FOLDERS_CAN_BE_FORCED) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /**
     * Two locks: one of the file, which other processes see, and one in the system properties, which every class loader
     * of this process sees. The file alone isn't enough: POSIX locks belong to the process, so closing any second channel
     * of the file would release the first one's lock.
     */
    @Override
    public Closeable lock(Path path) throws IOException {
        String key = "io.godwit.mqtt.store.lock " + path.toAbsolutePath().normalize();
        if (System.getProperties().putIfAbsent(key, "held") != null) {
            throw new IOException(path + " is held by another client in this process");
        }
        FileChannel channel = null;
        try {
            channel = open(path, READ_AND_WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw new IOException(path + " is held by another process" + holder(channel));
            }
            byte[] me = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(me), 0);
        } catch (IOException | RuntimeException | Error failure) {
            release(key, channel);
            throw failure;
        }
        FileChannel held = channel;
        return () -> release(key, held);
    }

    private static void release(String key, @Nullable FileChannel channel) throws IOException {
        try {
            if (channel != null) {
                channel.close();
            }
        } finally {
            System.getProperties().remove(key);
        }
    }

    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(20);
        channel.read(text, 0);
        String pid = new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII);
        return pid.isEmpty() ? "" : " with number " + pid;
    }

    private record ChannelFile(FileChannel channel) implements File {
        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void read(ByteBuffer into, long position) throws IOException {
            long at = position;
            while (into.hasRemaining()) {
                int count = channel.read(into, at);
                if (count < 0) {
                    return;
                }
                at += count;
            }
        }

        @Override
        public void write(ByteBuffer bytes, long position) throws IOException {
            long at = position;
            while (bytes.hasRemaining()) {
                at += channel.write(bytes, at);
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
        }

        @Override
        public void force() throws IOException {
            channel.force(false);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
