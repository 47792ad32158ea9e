package io.godwit.web.decode;

import org.jspecify.annotations.Nullable;

/**
 * What a payload means.
 *
 * @param decoder that was used
 * @param form what {@code text} is
 * @param text the whole payload for people; empty for an image
 * @param note something to know about it, or null
 * @param error why the decoder could not read it; {@code text} then is text or hex
 * @param image with {@link Form#IMAGE} only
 */
public record Decoded(
        DecoderKind decoder,
        Form form,
        String text,
        @Nullable String note,
        @Nullable String error,
        @Nullable ImageType image) {

    /** What a text is. */
    public enum Form {
        /** JSON over several lines. */
        JSON,
        TEXT,
        /** Lines of offset, 16 bytes, characters. */
        HEX,
        IMAGE
    }
}
