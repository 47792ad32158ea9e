package io.godwit.web.decode;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/** Writes a payload of one format as JSON. */
interface Decoder {
    /**
     * Writes the payload as one JSON value.
     *
     * @throws NotDecodableException if the payload is not of this format, with the place
     */
    void decode(byte[] payload, JsonGenerator json) throws IOException, NotDecodableException;
}
