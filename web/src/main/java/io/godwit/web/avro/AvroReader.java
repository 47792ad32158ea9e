package io.godwit.web.avro;

import com.fasterxml.jackson.core.JsonGenerator;
import io.godwit.web.avro.AvroType.ArrayType;
import io.godwit.web.avro.AvroType.EnumType;
import io.godwit.web.avro.AvroType.Field;
import io.godwit.web.avro.AvroType.FixedType;
import io.godwit.web.avro.AvroType.Logical;
import io.godwit.web.avro.AvroType.MapType;
import io.godwit.web.avro.AvroType.Primitive;
import io.godwit.web.avro.AvroType.RecordType;
import io.godwit.web.avro.AvroType.UnionType;
import java.io.IOException;
import java.util.List;

/**
 * Writes values as JSON: those of unions without their type, bytes as {@code h'0a0b'}. Values may take no bytes and contain each
 * other, so a payload of a few bytes may mean any amount of JSON: depth and size are limited.
 */
final class AvroReader {
    private static final int DEEPEST = 200;
    private static final long LEAST_BUDGET = 64L << 20;
    private static final int VALUE = 8;

    private final AvroSchema schema;
    private final AvroInput in;
    private final JsonGenerator json;
    private long budget;

    AvroReader(AvroSchema schema, AvroInput in, JsonGenerator json, long budget) {
        this.schema = schema;
        this.in = in;
        this.json = json;
        this.budget = budget;
    }

    /** How much JSON a payload of this size may become, roughly in characters. */
    static long budget(int payload) {
        return LEAST_BUDGET + 16L * payload;
    }

    void value(AvroType type) throws IOException {
        value(type, 0);
    }

    /** What the limit of the size leaves. */
    long left() {
        return budget;
    }

    private void spend(int characters) {
        budget -= VALUE + characters;
        if (budget < 0) {
            throw in.error("the payload means more JSON than is shown");
        }
    }

    private void value(AvroType given, int depth) throws IOException {
        if (depth > DEEPEST) {
            throw in.error("values are nested deeper than " + DEEPEST + " levels");
        }
        spend(0);
        AvroType type = schema.resolved(given);
        if (type instanceof Primitive primitive) {
            primitive(primitive);
        } else if (type instanceof Logical logical) {
            LogicalValues.read(logical, in, json);
        } else if (type instanceof RecordType record) {
            json.writeStartObject();
            for (Field field : record.fields()) {
                spend(field.name().length());
                json.writeFieldName(field.name());
                value(field.type(), depth + 1);
            }
            json.writeEndObject();
        } else if (type instanceof EnumType constants) {
            String symbol = choice(constants.symbols(), "symbol of '" + constants.label() + "'");
            spend(symbol.length());
            json.writeString(symbol);
        } else if (type instanceof FixedType fixed) {
            json.writeString(LogicalValues.hex(in.readFixed(fixed.size())));
        } else if (type instanceof ArrayType array) {
            json.writeStartArray();
            for (long block = in.readBlock(); block > 0; block = in.readBlock()) {
                for (long i = 0; i < block; i++) {
                    value(array.items(), depth + 1);
                }
            }
            json.writeEndArray();
        } else if (type instanceof MapType map) {
            json.writeStartObject();
            for (long block = in.readBlock(); block > 0; block = in.readBlock()) {
                for (long i = 0; i < block; i++) {
                    json.writeFieldName(in.readString());
                    value(map.values(), depth + 1);
                }
            }
            json.writeEndObject();
        } else if (type instanceof UnionType union) {
            value(choice(union.branches(), "type of the union"), depth + 1);
        }
    }

    private <T> T choice(List<T> choices, String what) {
        int at = in.at();
        long index = in.readLong();
        if (index < 0 || index >= choices.size()) {
            throw new IllegalArgumentException(
                    "byte " + at + ": there is no " + what + " with number " + index + ", only " + choices.size());
        }
        return choices.get((int) index);
    }

    private void primitive(Primitive type) throws IOException {
        switch (type) {
            case NULL -> json.writeNull();
            case BOOLEAN -> json.writeBoolean(in.readBoolean());
            case INT -> json.writeNumber(in.readInt());
            case LONG -> json.writeNumber(in.readLong());
            case FLOAT -> json.writeNumber(in.readFloat());
            case DOUBLE -> json.writeNumber(in.readDouble());
            case BYTES -> json.writeString(LogicalValues.hex(in.readBytes()));
            case STRING -> json.writeString(in.readString());
        }
    }
}
