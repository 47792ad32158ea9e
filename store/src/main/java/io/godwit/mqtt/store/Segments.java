package io.godwit.mqtt.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.zip.CRC32C;

/**
 * The files of one log, oldest first. Together they hold one long row of bytes in which each record has an address; a
 * file is named by the address of its first record. Only the last one is written, and only at its end; a file goes when
 * nothing in it counts any more, oldest first, so that what is there is always the end of the row.
 *
 * <p>One thread at a time: whoever holds the log's input-output lock.
 */
final class Segments {
    static final String SUFFIX = ".log";
    static final long MAGIC = 0x474F_4457_4954_4C47L;
    static final int VERSION = 1;
    /** Magic, version, length of the header, salt, start, and the checksum behind the client identifier. */
    static final int FIXED_HEADER = 8 + 2 + 4 + 8 + 8;

    private final Disk disk;
    private final Path folder;
    private final byte[] clientId;
    private final long salt;
    private final long segmentSize;

    private final ArrayDeque<Segment> segments = new ArrayDeque<>();
    private boolean appending;
    private boolean unforced;
    /** Whether the last force failed. */
    private boolean doubtful;

    Segments(Disk disk, Path folder, String clientId, long salt, long segmentSize) {
        this.disk = disk;
        this.folder = folder;
        this.clientId = clientId.getBytes(StandardCharsets.UTF_8);
        this.salt = salt;
        this.segmentSize = segmentSize;
    }

    static String name(long start) {
        return String.format("%016x", start) + SUFFIX;
    }

    static int headerLength(int clientIdBytes) {
        return FIXED_HEADER + clientIdBytes + 4;
    }

    /** Takes over a file that is there; it will be read and in the end deleted, not written. */
    void add(Disk.File file, long start, long end) {
        segments.add(new Segment(name(start), file, start, headerLength(clientId.length), end));
    }

    int count() {
        return segments.size();
    }

    /** The size of all files. */
    long bytes() {
        long sum = 0;
        for (Segment segment : segments) {
            sum += segment.header + segment.end - segment.start;
        }
        return sum;
    }

    /** The address of the oldest file's first record. */
    long firstStart() {
        return segments.isEmpty() ? 0 : segments.getFirst().start;
    }

    /** The address behind the oldest file's last record. */
    long firstEnd() {
        return segments.isEmpty() ? 0 : segments.getFirst().end;
    }

    /** Writes whole records, the first of which has this address. When it fails, nothing has changed. */
    void append(ByteBuf records, long address) throws IOException {
        if (!appending || segments.getLast().end - segments.getLast().start >= segmentSize) {
            roll(address);
        }
        Segment last = segments.getLast();
        ByteBuffer bytes = records.nioBuffer();
        unforced = true;
        last.file.write(bytes, last.header + address - last.start);
        last.end = address + records.readableBytes();
    }

    /** Begins a new file at this address. */
    void roll(long address) throws IOException {
        force();
        if (!segments.isEmpty() && segments.getLast().start == address) {
            segments.removeLast().file.close();
        }
        Disk.File file = disk.open(folder.resolve(name(address)));
        try {
            ByteBuffer header = header(address);
            file.truncate(0);
            file.write(header, 0);
            file.force();
            disk.forceFolder(folder);
        } catch (IOException failure) {
            file.close();
            throw failure;
        }
        segments.add(new Segment(name(address), file, address, headerLength(clientId.length), address));
        appending = true;
    }

    private ByteBuffer header(long start) {
        int length = headerLength(clientId.length);
        ByteBuffer header = ByteBuffer.allocate(length);
        header.putLong(MAGIC)
                .putShort((short) VERSION)
                .putInt(length)
                .putLong(salt)
                .putLong(start);
        header.put(clientId);
        CRC32C crc = new CRC32C();
        crc.update(header.array(), 0, header.position());
        return header.putInt((int) crc.getValue()).flip();
    }

    /** Forces what was appended. When it fails, nobody knows what the disk has, and {@link #distrust} must follow. */
    void force() throws IOException {
        if (unforced) {
            doubtful = true;
            segments.getLast().file.force();
            doubtful = false;
            unforced = false;
        }
    }

    /** Whether nobody knows what the disk has of what was appended since the last force that did not fail. */
    boolean isDoubtful() {
        return doubtful;
    }

    /**
     * After a failed force: what lies behind {@code safeEnd} does not count, and the next append goes into a new file. A
     * failed force may have dropped pages that a second force would report as written.
     */
    void distrust(long safeEnd) {
        unforced = false;
        doubtful = false;
        if (appending) {
            Segment last = segments.getLast();
            last.end = Math.max(last.start, Math.min(last.end, safeEnd));
            appending = false;
        }
    }

    /** Deletes the oldest file. The folder is forced before another one may go: the row has no holes. */
    void deleteFirst() throws IOException {
        Segment first = segments.getFirst();
        disk.delete(folder.resolve(first.name));
        segments.removeFirst();
        first.file.close();
        disk.forceFolder(folder);
    }

    /** A copy of one record. */
    ByteBuf read(long address, int length) throws IOException {
        Iterator<Segment> youngestFirst = segments.descendingIterator();
        while (youngestFirst.hasNext()) {
            Segment segment = youngestFirst.next();
            if (segment.start <= address) {
                byte[] record = new byte[length];
                segment.file.read(ByteBuffer.wrap(record), segment.header + address - segment.start);
                return Unpooled.wrappedBuffer(record);
            }
        }
        throw new IOException("no file of " + folder + " has address " + address);
    }

    void close() throws IOException {
        IOException failure = null;
        for (Segment segment : segments) {
            try {
                segment.file.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static final class Segment {
        final String name;
        final Disk.File file;
        final long start;
        final int header;
        long end;

        Segment(String name, Disk.File file, long start, int header, long end) {
            this.name = name;
            this.file = file;
            this.start = start;
            this.header = header;
            this.end = end;
        }
    }
}
