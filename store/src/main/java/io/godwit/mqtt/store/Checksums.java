package io.godwit.mqtt.store;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The two checksums of a record. Both cover the log's salt and the record's address, so that neither a record of another
 * log, nor an old one in a reused block, nor one inside a payload passes for a record of this log. The header has a
 * checksum of its own, so that a search for the next record reads a body only where a header is genuine: without the
 * salt, nobody can write a payload that makes the search slow. Not thread-safe.
 */
final class Checksums {
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer seed = ByteBuffer.allocate(16);
    private final long salt;

    Checksums(long salt) {
        this.salt = salt;
    }

    /** Writes the checksums into whole records, the first of which has this address. */
    void seal(ByteBuf records, long address) {
        int first = records.readerIndex();
        for (int at = first; at < records.writerIndex(); ) {
            int length = RecordFormat.length(records, at);
            long place = address + at - first;
            records.setInt(at + RecordFormat.HEADER_CHECKSUM_AT, header(records, at, place));
            records.setInt(at + RecordFormat.BODY_CHECKSUM_AT, body(records, at, length, place));
            at += length;
        }
    }

    /** Whether a whole record of this log starts at {@code at}. */
    boolean isRecord(ByteBuf bytes, int at, long address) {
        int available = bytes.writerIndex() - at - RecordFormat.HEADER;
        if (available < 0
                || bytes.getByte(at) != RecordFormat.MARK
                || bytes.getInt(at + RecordFormat.HEADER_CHECKSUM_AT) != header(bytes, at, address)) {
            return false;
        }
        int body = bytes.getInt(at + RecordFormat.LENGTH_AT);
        return body >= 0
                && body <= available
                && bytes.getInt(at + RecordFormat.BODY_CHECKSUM_AT)
                        == body(bytes, at, RecordFormat.HEADER + body, address);
    }

    private int header(ByteBuf bytes, int at, long address) {
        begin(address);
        crc.update(bytes.nioBuffer(at, RecordFormat.HEADER_CHECKSUM_AT));
        return (int) crc.getValue();
    }

    private int body(ByteBuf bytes, int at, int length, long address) {
        begin(address);
        crc.update(bytes.nioBuffer(at + RecordFormat.HEADER, length - RecordFormat.HEADER));
        return (int) crc.getValue();
    }

    private void begin(long address) {
        crc.reset();
        crc.update(seed.clear().putLong(salt).putLong(address).flip());
    }
}
