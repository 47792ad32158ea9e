package io.godwit.simulation;

import io.godwit.mqtt.store.Disk;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A disk in memory that forgets in a crash what was not forced: of each file the writes after some point, the last of
 * them torn at any byte; of each folder the latest names that came or went. Handles and locks of the process that has
 * crashed do nothing any more.
 */
final class SimulatedDisk {
    private final SplittableRandom random;
    private final Map<Path, Content> files = new TreeMap<>();
    private final Map<Path, Content> safeFiles = new TreeMap<>();
    private final List<Path> locked = new ArrayList<>();
    private int process;
    private boolean full;

    SimulatedDisk(SplittableRandom random) {
        this.random = random;
    }

    private static final class Content {
        byte[] bytes = new byte[0];
        byte[] safe = new byte[0];
        final List<Write> unforced = new ArrayList<>();

        void write(Write write) {
            bytes = write.to(bytes);
            unforced.add(write);
        }

        void force() {
            safe = bytes;
            unforced.clear();
        }

        /** What a crash leaves: some of the writes, in order, the last one perhaps in part. */
        void crash(SplittableRandom random) {
            byte[] left = safe;
            int kept = unforced.isEmpty() ? 0 : random.nextInt(unforced.size() + 1);
            for (int i = 0; i < kept; i++) {
                left = unforced.get(i).to(left);
            }
            if (kept < unforced.size()) {
                Write torn = unforced.get(kept);
                if (torn.bytes.length > 0 && random.nextBoolean()) {
                    left = new Write(torn.position, Arrays.copyOf(torn.bytes, random.nextInt(torn.bytes.length)))
                            .to(left);
                }
            }
            bytes = left;
            force();
        }
    }

    /** Bytes at a position; none: the file ends there. */
    private record Write(int position, byte[] bytes) {
        byte[] to(byte[] content) {
            if (bytes.length == 0) {
                return Arrays.copyOf(content, position);
            }
            byte[] grown = Arrays.copyOf(content, Math.max(content.length, position + bytes.length));
            System.arraycopy(bytes, 0, grown, position, bytes.length);
            return grown;
        }
    }

    /** The process, or with it the machine, is gone: what it had not forced may be lost. */
    void crash() {
        process++;
        locked.clear();
        full = false;
        List<Path> doubtful = new ArrayList<>();
        for (Path path : files.keySet()) {
            if (!safeFiles.containsKey(path)) {
                doubtful.add(path);
            }
        }
        doubtful.subList(0, random.nextInt(doubtful.size() + 1)).forEach(files::remove);
        for (Map.Entry<Path, Content> gone : safeFiles.entrySet()) {
            if (files.get(gone.getKey()) != gone.getValue() && random.nextBoolean()) {
                files.put(gone.getKey(), gone.getValue());
            }
        }
        files.values().forEach(content -> content.crash(random));
        safeFiles.clear();
        safeFiles.putAll(files);
    }

    /** While full, no write succeeds. */
    void full(boolean isFull) {
        full = isFull;
    }

    /** Files there are. */
    int count() {
        return files.size();
    }

    /** Their names, without folders. */
    List<String> names() {
        return files.keySet().stream()
                .map(file -> String.valueOf(file.getFileName()))
                .sorted()
                .toList();
    }

    /** The disk as the process that begins now sees it; once that has crashed, nothing it does has an effect. */
    Disk forNextProcess() {
        return new View(process);
    }

    private final class View implements Disk {
        private final int owner;

        View(int owner) {
            this.owner = owner;
        }

        private boolean isGone() {
            return owner != process;
        }

        @Override
        public void createFolder(Path folder) {}

        @Override
        public List<String> list(Path folder) {
            List<String> names = new ArrayList<>();
            for (Path path : files.keySet()) {
                if (folder.equals(path.getParent())) {
                    names.add(String.valueOf(path.getFileName()));
                }
            }
            return names;
        }

        @Override
        public void delete(Path path) throws IOException {
            if (!isGone() && files.remove(path) == null) {
                throw new FileNotFoundException(path.toString());
            }
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            if (isGone()) {
                return;
            }
            Content content = files.remove(from);
            if (content == null) {
                throw new FileNotFoundException(from.toString());
            }
            files.put(to, content);
        }

        @Override
        public void forceFolder(Path folder) {
            if (isGone()) {
                return;
            }
            safeFiles.keySet().removeIf(path -> folder.equals(path.getParent()) && !files.containsKey(path));
            files.forEach((path, content) -> {
                if (folder.equals(path.getParent())) {
                    safeFiles.put(path, content);
                }
            });
        }

        @Override
        public Closeable lock(Path path) throws IOException {
            if (!isGone() && locked.contains(path)) {
                throw new IOException(path + " is held");
            }
            locked.add(path);
            return () -> {
                if (!isGone()) {
                    locked.remove(path);
                }
            };
        }

        @Override
        public File open(Path path) {
            Content content = isGone() ? new Content() : files.computeIfAbsent(path, absent -> new Content());
            return new File() {
                @Override
                public long size() {
                    return content.bytes.length;
                }

                @Override
                public void read(ByteBuffer into, long position) {
                    int count = Math.min(into.remaining(), content.bytes.length - (int) position);
                    if (count > 0) {
                        into.put(content.bytes, (int) position, count);
                    }
                }

                @Override
                public void write(ByteBuffer from, long position) throws IOException {
                    byte[] bytes = new byte[from.remaining()];
                    from.get(bytes);
                    if (isGone()) {
                        return;
                    }
                    if (full) {
                        byte[] some = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
                        if (some.length > 0) {
                            content.write(new Write((int) position, some));
                        }
                        throw new IOException("No space left on device");
                    }
                    content.write(new Write((int) position, bytes));
                }

                @Override
                public void truncate(long size) {
                    if (!isGone()) {
                        content.write(new Write((int) size, new byte[0]));
                    }
                }

                @Override
                public void force() {
                    if (!isGone()) {
                        content.force();
                    }
                }

                @Override
                public void close() {}
            };
        }
    }
}
