package io.godwit.web.avro;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads Avro's binary encoding. Trusts no length: what is not there is not allocated. */
final class AvroInput {
    private static final int LARGEST_VARINT = 10;

    private final byte[] bytes;
    private final int end;
    private int at;

    AvroInput(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    int left() {
        return end - at;
    }

    int at() {
        return at;
    }

    IllegalArgumentException error(String text) {
        return new IllegalArgumentException("byte " + at + ": " + text);
    }

    int readByte() {
        need(1);
        return bytes[at++] & 0xFF;
    }

    boolean readBoolean() {
        need(1);
        if (bytes[at] != 0 && bytes[at] != 1) {
            throw error("a boolean must be 0 or 1, is " + (bytes[at] & 0xFF));
        }
        return bytes[at++] == 1;
    }

    int readInt() {
        long value = readLong();
        if (value != (int) value) {
            throw error("an int must have at most 32 bits");
        }
        return (int) value;
    }

    long readLong() {
        long value = 0;
        for (int i = 0; i < LARGEST_VARINT; i++) {
            int each = readByte();
            value |= (long) (each & 0x7F) << 7 * i;
            if (each < 0x80) {
                return value >>> 1 ^ -(value & 1);
            }
        }
        throw error("a number has more than 64 bits");
    }

    float readFloat() {
        return fixed(Float.BYTES).getFloat();
    }

    double readDouble() {
        return fixed(Double.BYTES).getDouble();
    }

    private ByteBuffer fixed(int size) {
        need(size);
        at += size;
        return ByteBuffer.wrap(bytes, at - size, size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Bytes with their length before them. */
    byte[] readBytes() {
        return readFixed(readLong());
    }

    byte[] readFixed(long size) {
        need(size);
        at += (int) size;
        return Arrays.copyOfRange(bytes, at - (int) size, at);
    }

    String readString() {
        int start = at;
        byte[] text = readBytes();
        try {
            CharBuffer decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
            return decoded.toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("byte " + start + ": a string is not UTF-8", e);
        }
    }

    /** The number of elements in the next block of an array or map; 0: there are no more. */
    long readBlock() {
        long count = readLong();
        if (count < 0) {
            readLong(); // the size of the block, for readers that skip it
        }
        if (count == Long.MIN_VALUE) {
            throw error("a block has a negative number of elements");
        }
        return Math.abs(count);
    }

    void skip(long size) {
        need(size);
        at += (int) size;
    }

    private void need(long size) {
        if (size < 0 || size > left()) {
            throw error(size < 0 ? "a length is negative" : "the payload ends inside of a value");
        }
    }
}
