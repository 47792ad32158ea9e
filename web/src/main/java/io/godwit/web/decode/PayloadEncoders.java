package io.godwit.web.decode;

import io.godwit.web.avro.AvroPayload;
import io.godwit.web.avro.AvroSchema;

/** The encoders by their names. */
public final class PayloadEncoders {
    private PayloadEncoders() {}

    /**
     * The encoder with this name: {@code cbor}, {@code msgpack}, {@code sparkplug}, {@code protobuf:TYPE}, {@code avro:SCHEMA}, or
     * {@code avro-single:SCHEMA} for the single-object encoding.
     *
     * @param types has the message types and schemas
     * @throws IllegalArgumentException if there is no such encoder, or no such type
     */
    public static PayloadEncoder of(String name, Decoding types) {
        int colon = name.indexOf(':');
        String kind = colon < 0 ? name : name.substring(0, colon);
        String type = colon < 0 ? "" : name.substring(colon + 1);
        switch (kind) {
            case "protobuf", "avro", "avro-single" -> {
                if (type.isEmpty()) {
                    throw new IllegalArgumentException("the encoder " + kind + " needs a type: use " + kind + ":"
                            + (kind.equals("protobuf") ? "pkg.Type" : "FILE.avsc"));
                }
            }
            default -> {
                if (colon >= 0) {
                    throw unknown(name);
                }
            }
        }
        return switch (kind) {
            case "cbor" -> new CborEncoder();
            case "msgpack" -> new MessagePackEncoder();
            case "sparkplug" -> new SparkplugEncoder();
            case "protobuf" -> new ProtobufEncoder(types.message(type, null));
            case "avro" -> {
                AvroSchema schema = types.schema(type);
                yield json -> AvroPayload.encode(schema, json);
            }
            case "avro-single" -> {
                AvroSchema schema = types.schema(type);
                yield json -> AvroPayload.encodeSingleObject(schema, json);
            }
            default -> throw unknown(name);
        };
    }

    private static IllegalArgumentException unknown(String name) {
        return new IllegalArgumentException("unknown encoder '" + name
                + "': use cbor, msgpack, sparkplug, protobuf:TYPE, avro:FILE or avro-single:FILE");
    }
}
