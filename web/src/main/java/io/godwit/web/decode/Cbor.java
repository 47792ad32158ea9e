package io.godwit.web.decode;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORParser;
import java.io.IOException;
import java.util.HexFormat;

/** CBOR (RFC 8949). Byte strings are written as in its diagnostic notation, tags as objects of tag and value. */
final class Cbor implements Decoder {
    private static final CBORFactory FACTORY = CBORFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxStringLength(400_000_000).build())
            .build();

    @Override
    public void decode(byte[] payload, JsonGenerator json) throws IOException, NotDecodableException {
        try (CBORParser in = FACTORY.createParser(payload)) {
            if (in.nextToken() == null) {
                throw new NotDecodableException("the payload is empty");
            }
            value(in, json);
            if (in.nextToken() != null) {
                throw new NotDecodableException("more follows after the first value");
            }
        } catch (JsonProcessingException e) {
            long at = e.getLocation() == null ? 0 : e.getLocation().getByteOffset();
            throw new NotDecodableException("byte " + Math.max(0, at) + ": " + e.getOriginalMessage());
        }
    }

    /** Recurses by nesting, which the parser limits. */
    private static void value(CBORParser in, JsonGenerator json) throws IOException, NotDecodableException {
        int tag = in.getCurrentTag();
        boolean tagged = tag >= 0 && tag != 2 && tag != 3 && in.currentToken() != JsonToken.FIELD_NAME;
        if (tagged) {
            json.writeStartObject();
            json.writeNumberField("tag", tag);
            json.writeFieldName("value");
        }
        switch (in.currentToken()) {
            case START_OBJECT -> {
                json.writeStartObject();
                while (in.nextToken() == JsonToken.FIELD_NAME) {
                    json.writeFieldName(in.currentName());
                    in.nextToken();
                    value(in, json);
                }
                json.writeEndObject();
            }
            case START_ARRAY -> {
                json.writeStartArray();
                for (JsonToken token = in.nextToken(); token != JsonToken.END_ARRAY; token = in.nextToken()) {
                    if (token == null) {
                        throw new NotDecodableException("the payload ends inside of an array");
                    }
                    value(in, json);
                }
                json.writeEndArray();
            }
            case VALUE_EMBEDDED_OBJECT -> json.writeString("h'" + HexFormat.of().formatHex(in.getBinaryValue()) + "'");
            case VALUE_NUMBER_FLOAT -> number(in.getDoubleValue(), in, json);
            case VALUE_NUMBER_INT -> json.writeNumber(in.getBigIntegerValue());
            default -> json.copyCurrentEvent(in);
        }
        if (tagged) {
            json.writeEndObject();
        }
    }

    private static void number(double value, CBORParser in, JsonGenerator json) throws IOException {
        if (in.getNumberType() == JsonParser.NumberType.FLOAT) {
            json.writeNumber(in.getFloatValue());
        } else {
            json.writeNumber(value);
        }
    }
}
