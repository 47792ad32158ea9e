package io.godwit.mqtt.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The files of one log, oldest first. Together they hold one long sequence of bytes in which each record has an address;
 * a file is named by the address of its first record. Only the last file is written, and only at its end. A file is
 * deleted when nothing in it is live, oldest first, so the files always hold the end of the sequence.
 *
 * <p>One thread at a time: the one that holds the log's I/O lock.
 */
final class Segments {
    static final String SUFFIX = ".log";
    /** A file whose header may not be on the disk yet has this suffix instead; it never holds records. */
    static final String NEW_SUFFIX = ".new";

    // Set once.
    private final Disk disk;
    private final Path folder;
    private final String clientId;
    private final long salt;
    private final long segmentSize;
    private final Checksums checksums;

    // Guarded by the I/O lock.
    private final ArrayDeque<Segment> segments = new ArrayDeque<>();
    private boolean appending;
    private boolean unforced;
    private boolean doubtful;
    /** A write has failed, and bytes of it may lie behind the last file's end. */
    private boolean torn;
    /** A file has been deleted, and its name could come back in a crash. */
    private boolean deleted;

    Segments(Disk disk, Path folder, String clientId, long salt, long segmentSize) {
        this.disk = disk;
        this.folder = folder;
        this.clientId = clientId;
        this.salt = salt;
        this.segmentSize = segmentSize;
        this.checksums = new Checksums(salt);
    }

    static String name(long start) {
        return String.format("%016x", start) + SUFFIX;
    }

    /** Adds an existing file. It is read and finally deleted; no more records are written to it. */
    void add(Disk.File file, long start, long end) {
        segments.add(new Segment(name(start), file, start, header(start).length(), end));
        // A process that was killed may have left bytes that the operating system has, and the disk has not.
        unforced = true;
    }

    private SegmentHeader header(long start) {
        return SegmentHeader.of(clientId, salt, start);
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

    /** The address of the second oldest file's first record: no record of the oldest file has it or a higher one. */
    long secondStart() {
        Iterator<Segment> oldestFirst = segments.iterator();
        oldestFirst.next();
        return oldestFirst.next().start;
    }

    /** The start of the file that holds this address; of the last file if the address is not written yet. */
    long startOfFileWith(long address) {
        Segment holder = holder(address);
        return holder == null ? firstStart() : holder.start;
    }

    /**
     * Seals whole records, the first of which has this address, and writes them. After a failure none of them counts: others
     * may follow under this address.
     */
    void append(ByteBuf records, long address) throws IOException {
        if (!appending || segments.getLast().end - segments.getLast().start >= segmentSize) {
            roll(address);
        }
        if (torn) {
            // Forced, else a crash could leave the next write with whole records of the failed one behind it.
            cut();
            force();
            torn = false;
        }
        checksums.seal(records, address);
        Segment last = segments.getLast();
        ByteBuffer bytes = records.nioBuffer();
        unforced = true;
        try {
            last.file.write(bytes, last.header + address - last.start);
        } catch (IOException | RuntimeException failure) {
            torn = true;
            cutAfter(failure);
            throw failure;
        }
        last.end = address + records.readableBytes();
    }

    /** Removes what a failed write has left behind the last file's end. */
    private void cut() throws IOException {
        Segment last = segments.getLast();
        unforced = true;
        last.file.truncate(last.header + last.end - last.start);
    }

    /** At once, so that the next process does not find records of a write that was reported as failed. */
    private void cutAfter(Exception failure) {
        try {
            cut();
        } catch (IOException | RuntimeException second) {
            failure.addSuppressed(second);
        }
    }

    /**
     * Starts a new file at this address. It gets its name only once its header is on the disk, so a named file without a
     * header is damage. Then the previous file is marked as continued, so that a missing last file is noticed.
     */
    void roll(long address) throws IOException {
        force();
        if (!segments.isEmpty() && segments.getLast().start == address) {
            segments.removeLast().file.close();
        }
        SegmentHeader header = header(address);
        Path path = folder.resolve(name(address));
        Path unfinished = folder.resolve(name(address) + NEW_SUFFIX);
        Disk.File file = disk.open(unfinished);
        try {
            file.truncate(0);
            file.write(header.bytes(), 0);
            file.force();
            disk.rename(unfinished, path);
            disk.forceFolder(folder);
            if (!segments.isEmpty()) {
                markContinued(segments.getLast());
            }
        } catch (IOException | RuntimeException failure) {
            file.close();
            throw failure;
        }
        segments.add(new Segment(name(address), file, address, header.length(), address));
        appending = true;
        torn = false;
    }

    private void markContinued(Segment previous) throws IOException {
        ByteBuf mark = Unpooled.buffer(RecordFormat.HEADER);
        RecordFormat.continued(mark);
        checksums.seal(mark, previous.end);
        previous.file.write(mark.nioBuffer(), previous.header + previous.end - previous.start);
    }

    /**
     * Forces what was appended. After a failure the state of the disk is unknown: {@link #distrust} must follow, or nothing
     * may be written any more.
     */
    void force() throws IOException {
        if (unforced) {
            doubtful = true;
            segments.getLast().file.force();
            doubtful = false;
            unforced = false;
        }
    }

    /** Whether a force failed, so that it is unknown what the disk has of the bytes appended since the one before. */
    boolean isDoubtful() {
        return doubtful;
    }

    /** Whether the last file was begun by this process, so that the records of a failed force can be written again. */
    boolean isAppending() {
        return appending;
    }

    /**
     * After a failed force: drops what lies behind {@code safeEnd}; the next append goes into a new file. A failed force
     * may have lost pages that a second force would report as written.
     */
    void distrust(long safeEnd) {
        unforced = false;
        doubtful = false;
        Segment last = segments.getLast();
        last.end = Math.max(last.start, Math.min(last.end, safeEnd));
        appending = false;
    }

    /** Deletes the oldest file. Forces the folder before another file may go, so that the sequence gets no holes. */
    void deleteFirst() throws IOException {
        forceDeleted();
        Segment first = segments.getFirst();
        disk.delete(folder.resolve(first.name));
        deleted = true;
        segments.removeFirst();
        first.file.close();
        forceDeleted();
    }

    private void forceDeleted() throws IOException {
        if (deleted) {
            disk.forceFolder(folder);
            deleted = false;
        }
    }

    /** A copy of one record. */
    ByteBuf read(long address, int length) throws IOException {
        Segment holder = holder(address);
        if (holder == null) {
            throw new IOException("no file in " + folder + " has address " + address);
        }
        byte[] record = new byte[length];
        holder.file.read(ByteBuffer.wrap(record), holder.header + address - holder.start);
        return Unpooled.wrappedBuffer(record);
    }

    private @Nullable Segment holder(long address) {
        Iterator<Segment> youngestFirst = segments.descendingIterator();
        while (youngestFirst.hasNext()) {
            Segment segment = youngestFirst.next();
            if (segment.start <= address) {
                return segment;
            }
        }
        return null;
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
