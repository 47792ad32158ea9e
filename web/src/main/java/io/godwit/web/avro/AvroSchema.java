package io.godwit.web.avro;

import io.godwit.web.avro.AvroType.Reference;
import io.godwit.web.json.JsonTree;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;

/** A schema of Avro 1.12, read from JSON. Immutable. */
public final class AvroSchema {
    /** What the single-object encoding starts with: two bytes, then the fingerprint. */
    static final int SINGLE_OBJECT_HEADER = 10;

    private final String name;
    private final AvroType root;
    private final Map<String, AvroType> named;
    private final long fingerprint;

    private AvroSchema(String name, AvroType root, Map<String, AvroType> named) {
        this.name = name;
        this.root = root;
        this.named = named;
        fingerprint = CanonicalForm.fingerprint(root);
    }

    /**
     * Reads a schema.
     *
     * @param name under which rules refer to it
     * @param json what a file {@code .avsc} contains
     * @throws IllegalArgumentException if it is not a schema; the message says where and why
     */
    public static AvroSchema read(String name, byte[] json) {
        try {
            SchemaReader reader = new SchemaReader();
            AvroType root = reader.read(JsonTree.of(json, "the file"));
            return new AvroSchema(name, root, reader.named());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + name + "' is not an Avro schema: " + e.getMessage(), e);
        }
    }

    public String name() {
        return name;
    }

    /** The full name of the record, or the name of another type. */
    public String type() {
        return root.label();
    }

    /** The CRC-64-AVRO of the schema's parsing canonical form. */
    public long fingerprint() {
        return fingerprint;
    }

    AvroType root() {
        return root;
    }

    /** The type itself, also of a reference to it. */
    AvroType resolved(AvroType type) {
        return type instanceof Reference ? Objects.requireNonNull(named.get(type.label())) : type;
    }

    /** Whether a payload starts as the single-object encoding does. */
    static boolean isSingleObject(byte[] payload) {
        return payload.length >= SINGLE_OBJECT_HEADER && payload[0] == (byte) 0xC3 && payload[1] == 1;
    }

    /** The fingerprint of a payload in the single-object encoding. */
    static long fingerprintOf(byte[] payload) {
        return ByteBuffer.wrap(Arrays.copyOfRange(payload, 2, SINGLE_OBJECT_HEADER))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
    }
}
