package io.godwit.mqtt.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The start of each file of a log. Magic, version, length and the checksum at the end keep their places in later format
 * versions, so that an older Godwit can tell a newer format from damage.
 *
 * @param clientId whose session it is
 * @param salt a random number of this log, part of each record's checksum
 * @param start the address of the file's first record
 * @param length of the header in bytes
 */
record SegmentHeader(String clientId, long salt, long start, int length) {
    static final int VERSION = 2;

    private static final long MAGIC = 0x474F_4457_4954_4C47L;
    private static final int SALT_AT = 14;
    private static final int START_AT = 22;
    /** Magic, version, length, salt, start; client identifier and checksum follow. */
    private static final int FIXED = 30;

    private static final int CHECKSUM = 4;

    static SegmentHeader of(String clientId, long salt, long start) {
        return new SegmentHeader(clientId, salt, start, length(clientId.getBytes(StandardCharsets.UTF_8).length));
    }

    static int length(int clientIdBytes) {
        return FIXED + clientIdBytes + CHECKSUM;
    }

    ByteBuffer bytes() {
        ByteBuffer header = ByteBuffer.allocate(length);
        header.putLong(MAGIC)
                .putShort((short) VERSION)
                .putInt(length)
                .putLong(salt)
                .putLong(start)
                .put(clientId.getBytes(StandardCharsets.UTF_8));
        return header.putInt(checksum(header)).flip();
    }

    /**
     * Reads the header of a file.
     *
     * @return null if there is no whole header for this address
     * @throws IOException if the file cannot be read, or has another format version
     */
    static @Nullable SegmentHeader read(Disk.File file, String name, long start) throws IOException {
        ByteBuffer fixed = ByteBuffer.allocate(FIXED);
        file.read(fixed, 0);
        if (fixed.hasRemaining() || fixed.getLong(0) != MAGIC) {
            return null;
        }
        int length = fixed.getInt(10);
        if (length < length(0) || length > length(0xFFFF)) {
            return null;
        }
        ByteBuffer whole = ByteBuffer.allocate(length);
        file.read(whole, 0);
        if (whole.hasRemaining()) {
            return null;
        }
        whole.position(length - CHECKSUM);
        if (whole.getInt(length - CHECKSUM) != checksum(whole)) {
            return null;
        }
        int version = whole.getShort(8);
        if (version != VERSION) {
            throw new IOException(name + " has format version " + version + ", but this Godwit reads version " + VERSION
                    + ": use the Godwit that wrote it");
        }
        if (whole.getLong(START_AT) != start) {
            return null;
        }
        String clientId = new String(whole.array(), FIXED, length - FIXED - CHECKSUM, StandardCharsets.UTF_8);
        return new SegmentHeader(clientId, whole.getLong(SALT_AT), start, length);
    }

    /** Of all bytes before the buffer's position. */
    private static int checksum(ByteBuffer header) {
        CRC32C crc = new CRC32C();
        crc.update(header.array(), 0, header.position());
        return (int) crc.getValue();
    }
}
