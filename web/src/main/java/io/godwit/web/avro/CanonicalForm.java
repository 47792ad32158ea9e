package io.godwit.web.avro;

import io.godwit.web.avro.AvroType.ArrayType;
import io.godwit.web.avro.AvroType.EnumType;
import io.godwit.web.avro.AvroType.Field;
import io.godwit.web.avro.AvroType.FixedType;
import io.godwit.web.avro.AvroType.Logical;
import io.godwit.web.avro.AvroType.MapType;
import io.godwit.web.avro.AvroType.RecordType;
import io.godwit.web.avro.AvroType.UnionType;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The parsing canonical form of a schema and its fingerprint ("Parsing Canonical Form for Schemas" and "Schema Fingerprints" in
 * Avro's specification): two schemas that read the same bytes in the same way have the same.
 */
final class CanonicalForm {
    private static final long EMPTY = 0xc15d213aa4d7a795L;
    private static final long[] TABLE = table();

    private CanonicalForm() {}

    private static long[] table() {
        long[] table = new long[256];
        for (int i = 0; i < table.length; i++) {
            long value = i;
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                value = value >>> 1 ^ EMPTY & -(value & 1);
            }
            table[i] = value;
        }
        return table;
    }

    static long fingerprint(AvroType type) {
        long value = EMPTY;
        for (byte each : of(type).getBytes(StandardCharsets.UTF_8)) {
            value = value >>> Byte.SIZE ^ TABLE[(int) (value ^ each) & 0xFF];
        }
        return value;
    }

    static String of(AvroType type) {
        if (type instanceof Logical logical) {
            return of(logical.base());
        }
        if (type instanceof RecordType record) {
            return named(type, "record") + ",\"fields\":" + list(record.fields(), CanonicalForm::field) + "}";
        }
        if (type instanceof EnumType constants) {
            return named(type, "enum") + ",\"symbols\":" + list(constants.symbols(), CanonicalForm::quoted) + "}";
        }
        if (type instanceof FixedType fixed) {
            return named(type, "fixed") + ",\"size\":" + fixed.size() + "}";
        }
        if (type instanceof ArrayType array) {
            return "{\"type\":\"array\",\"items\":" + of(array.items()) + "}";
        }
        if (type instanceof MapType map) {
            return "{\"type\":\"map\",\"values\":" + of(map.values()) + "}";
        }
        return type instanceof UnionType union ? list(union.branches(), CanonicalForm::of) : quoted(type.label());
    }

    private static String named(AvroType type, String kind) {
        return "{\"name\":" + quoted(type.label()) + ",\"type\":" + quoted(kind);
    }

    private static String field(Field field) {
        return "{\"name\":" + quoted(field.name()) + ",\"type\":" + of(field.type()) + "}";
    }

    private static <T> String list(Collection<T> elements, Function<T, String> text) {
        return elements.stream().map(text).collect(Collectors.joining(",", "[", "]"));
    }

    /** Names have no characters that need an escape. */
    private static String quoted(String name) {
        return '"' + name + '"';
    }
}
