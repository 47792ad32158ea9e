package io.godwit.web.avro;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** An object container file as a payload: it has its schema, which is no more trusted than the rest. */
final class AvroContainer {
    private static final byte[] MAGIC = {'O', 'b', 'j', 1};
    private static final int SYNC = 16;
    private static final int LARGEST_SCHEMA = 1 << 20;
    private static final int LARGEST_INFLATED = 64 << 20;
    private static final int CHUNK = 64 << 10;

    private final byte[] payload;
    private final AvroInput in;
    private final Map<String, byte[]> metadata = new HashMap<>();
    private final AvroSchema schema;
    private final byte[] sync;
    private final boolean deflated;

    private AvroContainer(byte[] payload) {
        this.payload = payload;
        in = new AvroInput(payload, MAGIC.length, payload.length);
        for (long block = in.readBlock(); block > 0; block = in.readBlock()) {
            for (long i = 0; i < block; i++) {
                metadata.put(in.readString(), in.readBytes());
            }
        }
        sync = in.readFixed(SYNC);
        byte[] json = metadata.get("avro.schema");
        if (json == null || json.length > LARGEST_SCHEMA) {
            throw new IllegalArgumentException(
                    "the container has " + (json == null ? "no schema" : "a schema of more than 1 MiB"));
        }
        schema = AvroSchema.read("avro.schema", json);
        String codec = new String(
                metadata.getOrDefault("avro.codec", "null".getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
        deflated = codec.equals("deflate");
        if (!deflated && !codec.equals("null")) {
            throw new IllegalArgumentException(
                    "the container is compressed with '" + codec + "': only null and deflate can be read");
        }
    }

    static boolean is(byte[] payload) {
        return payload.length >= MAGIC.length && Arrays.equals(payload, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    /**
     * Writes the only record, or an array of the records if there is not exactly one. Returns the name of their type.
     *
     * @throws IllegalArgumentException if the payload is damaged
     */
    static String decode(byte[] payload, JsonGenerator json) throws IOException {
        return new AvroContainer(payload).write(json);
    }

    private String write(JsonGenerator json) throws IOException {
        AvroInput ahead = new AvroInput(payload, in.at(), payload.length);
        long records = 0;
        while (ahead.left() > 0) {
            records = Math.addExact(records, count(ahead));
            ahead.skip(ahead.readLong());
            ahead.skip(SYNC);
        }
        if (records != 1) {
            json.writeStartArray();
        }
        long budget = AvroReader.budget(payload.length);
        int inflated = 0;
        while (in.left() > 0) {
            long count = count(in);
            long size = in.readLong();
            int start = in.at();
            in.skip(size);
            byte[] block = payload;
            int end = in.at();
            if (deflated) {
                block = inflate(start, end, LARGEST_INFLATED - inflated);
                inflated += block.length;
                start = 0;
                end = block.length;
            }
            AvroInput objects = new AvroInput(block, start, end);
            AvroReader reader = new AvroReader(schema, objects, json, budget);
            for (long i = 0; i < count; i++) {
                reader.value(schema.root());
            }
            budget = reader.left();
            if (objects.left() > 0) {
                throw objects.error("more follows after the records of the block");
            }
            if (!Arrays.equals(in.readFixed(SYNC), sync)) {
                throw in.error("the block does not end with the container's marker");
            }
        }
        if (records != 1) {
            json.writeEndArray();
        }
        return schema.type();
    }

    private static long count(AvroInput in) {
        long count = in.readLong();
        if (count < 0 || count > Integer.MAX_VALUE) {
            throw in.error("a block of the container has an impossible number of records");
        }
        return count;
    }

    private byte[] inflate(int start, int end, int limit) {
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(payload, start, end - start);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] chunk = new byte[CHUNK];
            while (!inflater.finished()) {
                int length = inflater.inflate(chunk);
                if (length == 0 && !inflater.finished()) {
                    throw new IllegalArgumentException("a block of the container ends too early");
                }
                out.write(chunk, 0, length);
                if (out.size() > limit) {
                    throw new IllegalArgumentException("the container has more than 64 MiB when it is inflated");
                }
            }
            return out.toByteArray();
        } catch (DataFormatException e) {
            throw new IllegalArgumentException("a block of the container is not deflated: " + e.getMessage(), e);
        } finally {
            inflater.end();
        }
    }
}
