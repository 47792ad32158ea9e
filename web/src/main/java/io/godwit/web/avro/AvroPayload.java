package io.godwit.web.avro;

import com.fasterxml.jackson.core.JsonGenerator;
import io.godwit.web.json.JsonTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** A payload in one of Avro's encodings: an object container, a single object with its schema's fingerprint, or plain. */
public final class AvroPayload {
    private AvroPayload() {}

    /**
     * Writes a payload as one JSON value. A container, and a single object whose fingerprint is known, say what they are; anything
     * else is plain.
     *
     * @param own the schema of plain payloads; null: the rule names no schema
     * @param known the schemas by which single objects are read
     * @return what is to be known about it, or null
     * @throws IllegalArgumentException if it is in none of these encodings, with the byte where it is wrong
     */
    public static @Nullable String decode(
            byte[] payload, @Nullable AvroSchema own, Collection<AvroSchema> known, JsonGenerator json)
            throws IOException {
        if (AvroContainer.is(payload)) {
            return "an object container of " + AvroContainer.decode(payload, json);
        }
        if (AvroSchema.isSingleObject(payload)) {
            long fingerprint = AvroSchema.fingerprintOf(payload);
            for (AvroSchema schema : known) {
                if (schema.fingerprint() == fingerprint) {
                    plain(schema, payload, AvroSchema.SINGLE_OBJECT_HEADER, json);
                    return schema == own ? null : "read with " + schema.type() + " of " + schema.name();
                }
            }
            if (own == null) {
                throw new IllegalArgumentException("no schema has the fingerprint " + hex(fingerprint));
            }
            try {
                plain(own, payload, 0, json);
                return null;
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        e.getMessage() + " (it starts as a single object does, but no schema has its fingerprint "
                                + hex(fingerprint) + ")",
                        e);
            }
        }
        if (own == null) {
            throw new IllegalArgumentException("the rule names no schema, and the payload does not say which it has");
        }
        plain(own, payload, 0, json);
        return null;
    }

    private static void plain(AvroSchema schema, byte[] payload, int from, JsonGenerator json) throws IOException {
        AvroInput in = new AvroInput(payload, from, payload.length);
        new AvroReader(schema, in, json, AvroReader.budget(payload.length)).value(schema.root());
        if (in.left() > 0) {
            throw in.error("more follows after the value");
        }
    }

    /**
     * Encodes JSON in the plain binary encoding. A value of a union is written as the first of its types that has it; {@code
     * {"TYPE": value}} names one. Missing fields get the schema's default.
     *
     * @throws IllegalArgumentException if it is not one JSON value, or not one of this schema, with the field
     */
    public static byte[] encode(AvroSchema schema, byte[] json) {
        return new AvroWriter(schema).encode(JsonTree.of(json, "the payload"));
    }

    /**
     * The same in the single-object encoding, which starts with the schema's fingerprint.
     *
     * @throws IllegalArgumentException as {@link #encode}
     */
    public static byte[] encodeSingleObject(AvroSchema schema, byte[] json) {
        byte[] plain = encode(schema, json);
        return ByteBuffer.allocate(AvroSchema.SINGLE_OBJECT_HEADER + plain.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 0xC3)
                .put((byte) 1)
                .putLong(schema.fingerprint())
                .put(plain)
                .array();
    }

    private static String hex(long fingerprint) {
        return HexFormat.of().toHexDigits(fingerprint);
    }
}
