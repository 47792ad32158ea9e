package io.godwit.cli.options;

import io.godwit.web.decode.PayloadEncoder;
import io.godwit.web.decode.PayloadEncoders;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code --encode}: what becomes of a payload that is JSON. */
public final class EncodeOptions {
    private static final String FILES = "avro";

    @Option(
            names = "--encode",
            paramLabel = "ENCODER",
            completionCandidates = Candidates.Encoders.class,
            description = {
                "The payload is JSON: send it as cbor, msgpack, sparkplug, protobuf:TYPE, avro:FILE or",
                "avro-single:FILE (with the fingerprint of the schema)."
            })
    private @Nullable String encode;

    @Mixin
    private SchemaOptions schemas = new SchemaOptions();

    /**
     * The encoder; null: payloads are sent as they are.
     *
     * @throws IllegalArgumentException if it is unknown, or its schema is invalid
     */
    public @Nullable PayloadEncoder encoder() {
        if (encode == null) {
            return null;
        }
        int colon = encode.indexOf(':');
        boolean hasFile = encode.startsWith(FILES) && colon > 0 && colon < encode.length() - 1;
        return PayloadEncoders.of(encode, schemas.decoding(hasFile ? List.of(encode.substring(colon + 1)) : List.of()));
    }

    /** The payload as it is sent; an empty one clears a retained message whatever the encoder. */
    public static byte[] encoded(@Nullable PayloadEncoder encoder, byte[] payload) {
        return encoder == null || payload.length == 0 ? payload : encoder.encode(payload);
    }
}
