package io.godwit.mqtt.store;

import io.godwit.mqtt.client.store.StoredSession;
import io.godwit.mqtt.store.RecoveryReport.Damage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log. Whole records are replayed in the order in which they were written; after a place that isn't whole,
 * reading goes on with the next whole record. A bad place at the very end of the last file is the torn end of a write
 * that a crash interrupted; every other one is damage. Bytes that don't count are copied to a file of their own before
 * anything is deleted, unless they are all zero. Takes time and memory in proportion to the size of the files, whatever
 * they contain.
 */
final class Recovery {
    // Set once.
    private final Disk disk;
    private final Path folder;
    private final String clientId;
    /** Whether files may be written: not if somebody only looks. */
    private final boolean repair;

    private final LiveState live = new LiveState();
    private final List<LogFile> parts = new ArrayList<>();
    private final List<Damage> damages = new ArrayList<>();
    private @Nullable SegmentHeader header;
    private Checksums checksums = new Checksums(0);
    private long records;
    private long tornBytes;
    /** The address behind the last whole record so far. */
    private long end;
    /** Files below this address were deleted on purpose. */
    private long dropped;

    private Recovery(Disk disk, Path folder, String clientId, boolean repair) {
        this.disk = disk;
        this.folder = folder;
        this.clientId = clientId;
        this.repair = repair;
    }

    /**
     * What a log holds.
     *
     * @param header of any of its files; null if there is none
     * @param end the address behind the last whole record
     * @param dropped the address below which files were deleted on purpose
     * @param parts its files, open
     */
    record Result(
            @Nullable SegmentHeader header,
            LiveState live,
            StoredSession session,
            long end,
            long dropped,
            List<LogFile> parts,
            RecoveryReport report) {
        void close() throws IOException {
            for (LogFile part : parts) {
                part.file.close();
            }
        }
    }

    /** @param repair whether bytes that don't count are copied to files of their own */
    static Result read(Disk disk, Path folder, String clientId, boolean repair) throws IOException {
        Recovery recovery = new Recovery(disk, folder, clientId, repair);
        try {
            return recovery.read();
        } catch (IOException | RuntimeException | Error failure) {
            for (LogFile part : recovery.parts) {
                part.file.close();
            }
            throw failure;
        }
    }

    private Result read() throws IOException {
        openFiles();
        for (int i = 0; i < parts.size(); i++) {
            readFile(i);
        }
        findMissing();
        RecoveryReport report = new RecoveryReport(
                header == null ? clientId : header.clientId(), folder, parts.size(), records, tornBytes, damages);
        return new Result(header, live, new SessionReader(parts, header).read(live), end, dropped, parts, report);
    }

    private void openFiles() throws IOException {
        for (String name : disk.list(folder)) {
            if (name.matches("[0-7][0-9a-f]{15}" + Segments.SUFFIX)) {
                long start = Long.parseUnsignedLong(name, 0, 16, 16);
                parts.add(new LogFile(name, start, disk.open(folder.resolve(name))));
            } else if (repair && name.endsWith(Segments.SUFFIX + Segments.NEW_SUFFIX)) {
                disk.delete(folder.resolve(name));
            }
        }
        parts.sort(Comparator.comparingLong(part -> part.start));
        header = commonHeader();
        if (header != null) {
            checksums = new Checksums(header.salt());
        }
        if (!parts.isEmpty()) {
            end = parts.get(0).start;
        }
    }

    /** A header with the salt that most files have: a single file of another log doesn't make all others unreadable. */
    private @Nullable SegmentHeader commonHeader() throws IOException {
        Map<Long, Integer> files = new HashMap<>();
        SegmentHeader common = null;
        for (LogFile part : parts) {
            SegmentHeader found = readHeader(part);
            if (found != null) {
                int count = files.merge(found.salt(), 1, Integer::sum);
                if (common == null || count > files.getOrDefault(common.salt(), 0)) {
                    common = found;
                }
            }
        }
        return common;
    }

    private @Nullable SegmentHeader readHeader(LogFile part) throws IOException {
        return SegmentHeader.read(part.file, folder.resolve(part.name).toString(), part.start);
    }

    private void readFile(int index) throws IOException {
        LogFile part = parts.get(index);
        boolean last = index + 1 == parts.size();
        if (part.start > end) {
            damages.add(new Damage(Segments.name(end), 0, part.start - end, "missing", ""));
        }
        ByteBuf bytes = content(part);
        int size = bytes.writerIndex();
        SegmentHeader known = header;
        if (known == null) {
            damaged(part, bytes, 0, size, size == 0 ? "empty" : "no file of this log has a whole header");
            end = Math.max(end, part.start + size);
            return;
        }
        SegmentHeader own = readHeader(part);
        if (own == null || own.salt() != known.salt()) {
            damaged(part, bytes, 0, Math.min(known.length(), size), size == 0 ? "empty" : "header");
        }
        // A file whose force failed has bytes behind the next one's start; they don't count.
        long limit = last ? Long.MAX_VALUE : parts.get(index + 1).start;
        int at = known.length();
        while (at < size && address(part, at) < limit && !part.continued) {
            if (checksums.isRecord(bytes, at, address(part, at))) {
                replay(part, bytes, at);
                at += RecordFormat.length(bytes, at);
            } else {
                at = skip(part, bytes, at, last);
            }
        }
        end = Math.max(end, part.end);
    }

    private void replay(LogFile part, ByteBuf bytes, int at) throws IOException {
        int length = RecordFormat.length(bytes, at);
        switch (RecordFormat.type(bytes, at)) {
            case RecordFormat.CONTINUED -> {
                part.continued = true;
                return;
            }
            case RecordFormat.DROPPED -> dropped = Math.max(dropped, bytes.getLong(at + RecordFormat.HEADER));
            default -> {
                try {
                    live.replay(bytes, at, address(part, at));
                } catch (RuntimeException unreadable) {
                    throw new IOException(
                            "the record at offset " + at + " of " + folder.resolve(part.name)
                                    + " is whole but not valid: " + unreadable.getMessage(),
                            unreadable);
                }
            }
        }
        records++;
        part.end = address(part, at + length);
    }

    /** Skips what isn't a record. Returns where the next one starts. */
    private int skip(LogFile part, ByteBuf bytes, int from, boolean last) throws IOException {
        int size = bytes.writerIndex();
        int next = from;
        do {
            next = bytes.indexOf(next + 1, size, RecordFormat.MARK);
        } while (next >= 0 && !checksums.isRecord(bytes, next, address(part, next)));
        if (next < 0 && last) {
            setAside(part, bytes, from, size);
            tornBytes += size - from;
            return size;
        }
        int to = next < 0 ? size : next;
        damaged(part, bytes, from, to, "records");
        part.end = address(part, to);
        return to;
    }

    private void findMissing() {
        if (header == null) {
            return;
        }
        if (parts.get(0).start > dropped) {
            damages.add(0, new Damage(Segments.name(dropped), 0, parts.get(0).start - dropped, "missing", ""));
        }
        if (parts.get(parts.size() - 1).continued) {
            damages.add(new Damage(Segments.name(end), 0, 0, "missing", ""));
        }
    }

    private long address(LogFile part, int at) {
        return part.start + at - (header == null ? 0 : header.length());
    }

    private static ByteBuf content(LogFile part) throws IOException {
        long size = part.file.size();
        if (size > Integer.MAX_VALUE - 8) {
            throw new IOException(part.name + " has " + size + " bytes, more than a file of a log can have");
        }
        byte[] content = new byte[(int) size];
        part.file.read(ByteBuffer.wrap(content), 0);
        return Unpooled.wrappedBuffer(content);
    }

    private void damaged(LogFile part, ByteBuf bytes, int from, int to, String what) throws IOException {
        damages.add(new Damage(part.name, from, to - from, what, setAside(part, bytes, from, to)));
    }

    /** Returns the name of the copy; empty if there is none. */
    private String setAside(LogFile part, ByteBuf bytes, int from, int to) throws IOException {
        if (!repair || isZero(bytes, from, to)) {
            return "";
        }
        String name = part.name + "@" + from + ".damaged";
        try (Disk.File file = disk.open(folder.resolve(name))) {
            file.truncate(0);
            file.write(bytes.nioBuffer(from, to - from), 0);
            file.force();
        }
        disk.forceFolder(folder);
        return name;
    }

    private static boolean isZero(ByteBuf bytes, int from, int to) {
        for (int at = from; at < to; at++) {
            if (bytes.getByte(at) != 0) {
                return false;
            }
        }
        return true;
    }
}
