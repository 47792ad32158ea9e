package io.godwit.mqtt.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** The machine's disk, which runs out of space, fails to force, to cut or to read, or takes its time, on demand. */
final class FailingDisk implements Disk {
    volatile boolean full;
    volatile boolean forceFails;
    volatile boolean readFails;
    volatile boolean truncateFails;
    volatile boolean folderForceFails;
    /** Bytes of a write that still reach the file when it is full. */
    volatile int lastBytes;

    volatile @Nullable CountDownLatch forcesWaitFor;

    @Override
    public void createFolder(Path folder) throws IOException {
        SYSTEM.createFolder(folder);
    }

    @Override
    public List<String> list(Path folder) throws IOException {
        return SYSTEM.list(folder);
    }

    @Override
    public void delete(Path path) throws IOException {
        SYSTEM.delete(path);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        SYSTEM.rename(from, to);
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
        if (folderForceFails) {
            throw new IOException("Input/output error");
        }
        SYSTEM.forceFolder(folder);
    }

    @Override
    public Closeable lock(Path path) throws IOException {
        return SYSTEM.lock(path);
    }

    @Override
    public File open(Path path) throws IOException {
        File file = SYSTEM.open(path);
        return new File() {
            @Override
            public long size() throws IOException {
                return file.size();
            }

            @Override
            public void read(ByteBuffer into, long position) throws IOException {
                if (readFails) {
                    throw new IOException("Input/output error");
                }
                file.read(into, position);
            }

            @Override
            public void write(ByteBuffer bytes, long position) throws IOException {
                if (full) {
                    file.write(bytes.slice(bytes.position(), Math.min(lastBytes, bytes.remaining())), position);
                    throw new IOException("No space left on device");
                }
                file.write(bytes, position);
            }

            @Override
            public void truncate(long size) throws IOException {
                if (truncateFails) {
                    throw new IOException("Input/output error");
                }
                file.truncate(size);
            }

            @Override
            public void force() throws IOException {
                CountDownLatch latch = forcesWaitFor;
                if (latch != null) {
                    try {
                        latch.await();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                }
                if (forceFails) {
                    throw new IOException("Input/output error");
                }
                file.force();
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        };
    }
}
