package io.godwit.mqtt.store;

import io.godwit.mqtt.client.store.StoredSession;
import io.godwit.mqtt.client.store.StoredSession.StoredPublish;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.mqtt.protocol.Utf8;
import io.godwit.mqtt.store.RecoveryReport.Damage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log again. What is whole counts, in the order in which it was written; after a place that is not, reading goes
 * on with the next whole record. A bad place with nothing whole behind it, in the last file, is the torn end of a write
 * that a crash cut off; every other one is damage. Bytes that do not count are copied to a file of their own before
 * anything is deleted, unless they are all zero.
 */
final class Recovery {
    private final Disk disk;
    private final Path folder;
    private final String clientId;
    /** Whether files may be written: not when somebody only looks. */
    private final boolean setAside;

    private final LiveState live = new LiveState();
    private final List<Part> parts = new ArrayList<>();
    private final List<Damage> damages = new ArrayList<>();
    private @Nullable Header header;
    private long records;
    private long tornBytes;
    private long end;

    private Recovery(Disk disk, Path folder, String clientId, boolean setAside) {
        this.disk = disk;
        this.folder = folder;
        this.clientId = clientId;
        this.setAside = setAside;
    }

    /**
     * What a log holds.
     *
     * @param header of any of its files; null when there is none
     * @param end the address behind the last whole record
     * @param parts its files, open
     */
    record Result(
            @Nullable Header header,
            LiveState live,
            StoredSession session,
            long end,
            List<Part> parts,
            RecoveryReport report) {
        void close() throws IOException {
            for (Part part : parts) {
                part.file.close();
            }
        }
    }

    /** The head of a file. */
    record Header(String clientId, long salt, long start, int length) {}

    /** A file and the address range in it. */
    static final class Part {
        final String name;
        final long start;
        final Disk.File file;
        long end;

        Part(String name, long start, Disk.File file) {
            this.name = name;
            this.start = start;
            this.file = file;
            this.end = start;
        }
    }

    /** @param setAside whether bytes that do not count are copied to files of their own */
    static Result read(Disk disk, Path folder, String clientId, boolean setAside) throws IOException {
        Recovery recovery = new Recovery(disk, folder, clientId, setAside);
        try {
            recovery.openFiles();
            for (int i = 0; i < recovery.parts.size(); i++) {
                recovery.readFile(i);
            }
            Header header = recovery.header;
            RecoveryReport report = new RecoveryReport(
                    header == null ? clientId : header.clientId,
                    folder,
                    recovery.parts.size(),
                    recovery.records,
                    recovery.tornBytes,
                    recovery.damages);
            return new Result(header, recovery.live, recovery.session(), recovery.end, recovery.parts, report);
        } catch (IOException | RuntimeException failure) {
            for (Part part : recovery.parts) {
                part.file.close();
            }
            throw failure;
        }
    }

    private void openFiles() throws IOException {
        for (String name : disk.list(folder)) {
            if (name.matches("[0-9a-f]{16}" + Segments.SUFFIX)) {
                long start = Long.parseUnsignedLong(name, 0, 16, 16);
                parts.add(new Part(name, start, disk.open(folder.resolve(name))));
            }
        }
        parts.sort(Comparator.comparingLong(part -> part.start));
        for (Part part : parts) {
            Header found = readHeader(part);
            if (found != null && header == null) {
                header = found;
            }
        }
        if (!parts.isEmpty()) {
            end = parts.get(0).start;
        }
    }

    private @Nullable Header readHeader(Part part) throws IOException {
        ByteBuffer fixed = ByteBuffer.allocate(Segments.FIXED_HEADER);
        part.file.read(fixed, 0);
        fixed.flip();
        if (fixed.limit() < Segments.FIXED_HEADER || fixed.getLong() != Segments.MAGIC) {
            return null;
        }
        int version = fixed.getShort();
        int length = fixed.getInt();
        if (version > Segments.VERSION) {
            throw new IOException(folder.resolve(part.name) + " has format version " + version + "; this Godwit reads "
                    + Segments.VERSION + " and older: use the newer Godwit that wrote it");
        }
        if (length < Segments.headerLength(0) || length > Segments.headerLength(0xFFFF)) {
            return null;
        }
        ByteBuffer whole = ByteBuffer.allocate(length);
        part.file.read(whole, 0);
        if (whole.hasRemaining()) {
            return null;
        }
        CRC32C crc = new CRC32C();
        crc.update(whole.array(), 0, length - 4);
        if (whole.getInt(length - 4) != (int) crc.getValue() || fixed.getLong(22) != part.start) {
            return null;
        }
        String clientId = new String(
                whole.array(), Segments.FIXED_HEADER, length - Segments.FIXED_HEADER - 4, StandardCharsets.UTF_8);
        return new Header(clientId, fixed.getLong(14), part.start, length);
    }

    private void readFile(int index) throws IOException {
        Part part = parts.get(index);
        boolean last = index + 1 == parts.size();
        if (part.start > end) {
            damages.add(new Damage(Segments.name(end), 0, part.start - end, "missing", ""));
        }
        ByteBuf bytes = content(part);
        Header known = header;
        if (known == null) {
            // The head is forced before the first record is written: a file cut off in its head never held one.
            boolean torn = last
                    && (isZero(bytes, 0, bytes.writerIndex())
                            || bytes.writerIndex() < Segments.headerLength(Utf8.length(clientId)));
            bad(part, bytes, 0, bytes.writerIndex(), torn, "no file of this log has a whole head");
            end = Math.max(end, part.start + bytes.writerIndex());
            return;
        }
        if (bytes.writerIndex() < known.length && last) {
            bad(part, bytes, 0, bytes.writerIndex(), true, "head");
            end = Math.max(end, part.start);
            return;
        }
        if (readHeader(part) == null) {
            bad(part, bytes, 0, Math.min(known.length, bytes.writerIndex()), false, "head");
        }
        // A file that was written on after a failed force has bytes behind the next one's start; they do not count.
        long limit = last ? Long.MAX_VALUE : parts.get(index + 1).start;
        int at = known.length;
        while (at < bytes.writerIndex() && address(part, at) < limit) {
            if (RecordFormat.isRecord(bytes, at, known.salt, address(part, at))) {
                live.replay(bytes, at, address(part, at));
                records++;
                at += RecordFormat.length(bytes, at);
                part.end = address(part, at);
            } else {
                int next = nextRecord(bytes, at + 1, known.salt, part);
                boolean torn = last && next == bytes.writerIndex();
                bad(part, bytes, at, next, torn, "records");
                if (!torn) {
                    part.end = address(part, next);
                }
                at = next;
            }
        }
        end = Math.max(end, part.end);
    }

    private long address(Part part, int at) {
        return part.start + at - (header == null ? 0 : header.length);
    }

    private int nextRecord(ByteBuf bytes, int from, long salt, Part part) {
        int at = from;
        while (at < bytes.writerIndex() && !RecordFormat.isRecord(bytes, at, salt, address(part, at))) {
            at++;
        }
        return at;
    }

    private static ByteBuf content(Part part) throws IOException {
        long size = part.file.size();
        if (size > Integer.MAX_VALUE - 8) {
            throw new IOException(part.name + " has " + size + " bytes, more than a file of the log ever has");
        }
        byte[] content = new byte[(int) size];
        part.file.read(ByteBuffer.wrap(content), 0);
        return Unpooled.wrappedBuffer(content);
    }

    private void bad(Part part, ByteBuf bytes, int from, int to, boolean torn, String what) throws IOException {
        String name = "";
        if (setAside && !isZero(bytes, from, to)) {
            name = part.name + "@" + from + ".damaged";
            try (Disk.File file = disk.open(folder.resolve(name))) {
                file.truncate(0);
                file.write(bytes.nioBuffer(from, to - from), 0);
                file.force();
            }
            disk.forceFolder(folder);
        }
        if (torn) {
            tornBytes += to - from;
        } else {
            damages.add(new Damage(part.name, from, to - from, what, name));
        }
    }

    private static boolean isZero(ByteBuf bytes, int from, int to) {
        for (int at = from; at < to; at++) {
            if (bytes.getByte(at) != 0) {
                return false;
            }
        }
        return true;
    }

    /** The live records, read once more each. */
    private StoredSession session() throws IOException {
        Map<Long, StoredPublish> publishes = new TreeMap<>();
        List<Integer> received = new ArrayList<>();
        Map<Long, TopicSubscription> subscriptions = new TreeMap<>();
        LiveTable table = live.table;
        for (int slot = table.first(); slot >= 0; slot = table.after(slot)) {
            long key = table.key(slot);
            if (LiveState.isReceived(key)) {
                received.add(LiveState.packetId(key));
                continue;
            }
            ByteBuf body = body(table.address(slot), table.length(slot));
            if (LiveState.isPublish(key)) {
                body.skipBytes(8);
                long expiresAt = body.readLong();
                body.skipBytes(4);
                int state = table.state(slot);
                publishes.put(
                        key,
                        new StoredPublish(
                                key,
                                MessageBytes.read(body),
                                expiresAt,
                                state & 0xFFFF,
                                (state & RecordFormat.RELEASED_BIT) != 0));
            } else {
                subscriptions.put(body.readLong(), RecordFormat.subscription(body));
            }
        }
        return new StoredSession(List.copyOf(publishes.values()), received, List.copyOf(subscriptions.values()));
    }

    private ByteBuf body(long address, int length) throws IOException {
        for (int i = parts.size() - 1; i >= 0; i--) {
            Part part = parts.get(i);
            if (part.start <= address && header != null) {
                byte[] body = new byte[length - RecordFormat.HEAD];
                part.file.read(ByteBuffer.wrap(body), header.length + address - part.start + RecordFormat.HEAD);
                return Unpooled.wrappedBuffer(body);
            }
        }
        throw new IOException("no file of " + folder + " has address " + address);
    }
}
