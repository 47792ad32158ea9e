package io.godwit.web.decode;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.godwit.web.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePacker;

/** The formats into which JSON can be encoded: objects, arrays, strings, numbers, true, false and null become their own kinds. */
public enum PayloadEncoder {
    /** RFC 8949. */
    CBOR,
    MSGPACK;

    private static final CBORFactory CBOR_FACTORY = new CBORFactory();

    /**
     * The encoder with this name.
     *
     * @throws IllegalArgumentException if there is none; the message lists them
     */
    public static PayloadEncoder of(String label) {
        for (PayloadEncoder each : values()) {
            if (each.name().toLowerCase(Locale.ROOT).equals(label)) {
                return each;
            }
        }
        throw new IllegalArgumentException("unknown encoder '" + label + "': use cbor or msgpack");
    }

    /**
     * Encodes a JSON value.
     *
     * @throws IllegalArgumentException if the bytes are not exactly one JSON value, or have a number that the format lacks
     */
    public byte[] encode(byte[] json) {
        try (JsonParser in = Json.parser(json)) {
            if (in.nextToken() == null) {
                throw new IllegalArgumentException("the payload is empty, not JSON");
            }
            ByteArrayOutputStream out = new ByteArrayOutputStream(json.length);
            Object value = value(in);
            if (this == CBOR) {
                try (JsonGenerator cbor = CBOR_FACTORY.createGenerator(out)) {
                    write(value, cbor);
                }
            } else {
                try (MessagePacker packer = MessagePack.newDefaultPacker(out)) {
                    pack(value, packer);
                }
            }
            if (in.nextToken() != null) {
                throw new IllegalArgumentException("more follows after the JSON value");
            }
            return out.toByteArray();
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the payload is not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new IllegalArgumentException("the payload cannot be encoded: " + e.getMessage(), e);
        }
    }

    /** The value at which the parser is, read whole: arrays and objects begin with the number of their elements. */
    private static @Nullable Object value(JsonParser in) throws IOException {
        switch (in.currentToken()) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> members = new LinkedHashMap<>();
                while (in.nextToken() == JsonToken.FIELD_NAME) {
                    String name = in.currentName();
                    in.nextToken();
                    members.put(name, value(in));
                }
                return members;
            }
            case START_ARRAY -> {
                List<@Nullable Object> elements = new ArrayList<>();
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(value(in));
                }
                return elements;
            }
            case VALUE_NUMBER_INT -> {
                return in.getBigIntegerValue();
            }
            case VALUE_NUMBER_FLOAT -> {
                return in.getDoubleValue();
            }
            case VALUE_TRUE, VALUE_FALSE -> {
                return in.getBooleanValue();
            }
            case VALUE_STRING -> {
                return in.getText();
            }
            default -> {
                return null;
            }
        }
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
        } else if (value instanceof Double number) {
            cbor.writeNumber(number);
        } else if (value instanceof Boolean truth) {
            cbor.writeBoolean(truth);
        } else if (value instanceof String text) {
            cbor.writeString(text);
        } else {
            cbor.writeNull();
        }
    }

    private static void pack(@Nullable Object value, MessagePacker packer) throws IOException {
        if (value instanceof Map<?, ?> members) {
            packer.packMapHeader(members.size());
            for (Map.Entry<?, ?> member : members.entrySet()) {
                packer.packString(String.valueOf(member.getKey()));
                pack(member.getValue(), packer);
            }
        } else if (value instanceof List<?> elements) {
            packer.packArrayHeader(elements.size());
            for (Object element : elements) {
                pack(element, packer);
            }
        } else if (value instanceof BigInteger number) {
            packer.packBigInteger(number); // in the fewest bytes; beyond 64 bits it throws
        } else if (value instanceof Double number) {
            packer.packDouble(number);
        } else if (value instanceof Boolean truth) {
            packer.packBoolean(truth);
        } else if (value instanceof String text) {
            packer.packString(text);
        } else {
            packer.packNil();
        }
    }
}
