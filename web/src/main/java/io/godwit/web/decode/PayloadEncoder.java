package io.godwit.web.decode;

/** Encodes JSON in another format: what a decoder of this format would show. */
public interface PayloadEncoder {
    /**
     * Encodes a JSON value.
     *
     * @throws IllegalArgumentException if the bytes are not exactly one JSON value, or one that the format does not have
     */
    byte[] encode(byte[] json);
}
