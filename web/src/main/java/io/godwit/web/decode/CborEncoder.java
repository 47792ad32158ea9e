package io.godwit.web.decode;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.godwit.web.json.JsonTree;
import io.godwit.web.json.JsonTree.Decimal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON as CBOR: objects and arrays begin with the number of their elements. */
final class CborEncoder implements PayloadEncoder {
    private static final CBORFactory FACTORY = new CBORFactory();

    @Override
    public byte[] encode(byte[] json) {
        Object value = JsonTree.of(json, "the payload");
        ByteArrayOutputStream out = new ByteArrayOutputStream(json.length);
        try (JsonGenerator cbor = FACTORY.createGenerator(out)) {
            write(value, cbor);
        } catch (IOException e) {
            throw new IllegalArgumentException("the payload cannot be encoded: " + e.getMessage(), e);
        }
        return out.toByteArray();
    }

    private static void write(@Nullable Object value, JsonGenerator cbor) throws IOException {
        if (value instanceof Map<?, ?> members) {
            cbor.writeStartObject(members, members.size());
            for (Map.Entry<?, ?> member : members.entrySet()) {
                cbor.writeFieldName(String.valueOf(member.getKey()));
                write(member.getValue(), cbor);
            }
            cbor.writeEndObject();
        } else if (value instanceof List<?> elements) {
            cbor.writeStartArray(elements, elements.size());
            for (Object element : elements) {
                write(element, cbor);
            }
            cbor.writeEndArray();
        } else if (value instanceof BigInteger number && number.bitLength() < Long.SIZE) {
            cbor.writeNumber(number.longValue());
        } else if (value instanceof BigInteger number) {
            cbor.writeNumber(number);
        } else if (value instanceof Decimal number) {
            cbor.writeNumber(number.toDouble());
        } else if (value instanceof Boolean truth) {
            cbor.writeBoolean(truth);
        } else if (value instanceof String text) {
            cbor.writeString(text);
        } else {
            cbor.writeNull();
        }
    }
}
