package io.godwit.web.decode;

import java.util.Locale;

/** The decoders that a rule can name. */
public enum DecoderKind {
    /** JSON; anything else is shown as text. */
    JSON,
    /** UTF-8. */
    TEXT,
    /** Any bytes. */
    HEX,
    CBOR,
    MSGPACK,
    /** A message type of a descriptor set of the user's. */
    PROTOBUF,
    /** Avro, by a schema of the user's or that of the payload. */
    AVRO,
    /** Sparkplug B. */
    SPARKPLUG,
    /** An image: its type and size only. */
    IMAGE;

    /** The name in rules. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The decoder with this name.
     *
     * @throws IllegalArgumentException if there is none; the message lists them
     */
    public static DecoderKind of(String label) {
        for (DecoderKind kind : values()) {
            if (kind.label().equals(label)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("unknown decoder '" + label
                + "': use json, text, hex, cbor, msgpack, protobuf, avro, sparkplug or image");
    }
}
