package io.godwit.web.avro;

import io.godwit.web.avro.AvroType.ArrayType;
import io.godwit.web.avro.AvroType.EnumType;
import io.godwit.web.avro.AvroType.Field;
import io.godwit.web.avro.AvroType.FixedType;
import io.godwit.web.avro.AvroType.Logical;
import io.godwit.web.avro.AvroType.MapType;
import io.godwit.web.avro.AvroType.Primitive;
import io.godwit.web.avro.AvroType.RecordType;
import io.godwit.web.avro.AvroType.UnionType;
import io.godwit.web.json.JsonTree.Decimal;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Encodes JSON as {@link AvroReader} writes it. */
final class AvroWriter {
    private static final int DEEPEST = 200;

    private final AvroSchema schema;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    AvroWriter(AvroSchema schema) {
        this.schema = schema;
    }

    /** @throws IllegalArgumentException if the value is not of the schema */
    byte[] encode(@Nullable Object json) {
        value(schema.root(), json, "", false, 0);
        return out.toByteArray();
    }

    /** @param isDefault whether the JSON is a default of the schema: bytes are strings of U+0000 to U+00FF there */
    private void value(AvroType given, @Nullable Object json, String path, boolean isDefault, int depth) {
        if (depth > DEEPEST) {
            throw new IllegalArgumentException(at(path) + "values are nested deeper than " + DEEPEST + " levels");
        }
        AvroType type = schema.resolved(given);
        if (type instanceof Primitive primitive) {
            primitive(primitive, json, path, isDefault);
        } else if (type instanceof Logical logical) {
            logical(logical, json, path, isDefault, depth);
        } else if (type instanceof RecordType record && json instanceof Map<?, ?> members) {
            record(record, members, path, isDefault, depth);
        } else if (type instanceof EnumType constants && json instanceof String symbol) {
            int index = constants.symbols().indexOf(symbol);
            if (index < 0) {
                throw mismatch(path, "one of " + String.join(", ", constants.symbols()), json);
            }
            number(index);
        } else if (type instanceof FixedType fixed) {
            byte[] bytes = bytes(json, isDefault);
            if (bytes == null || bytes.length != fixed.size()) {
                throw mismatch(path, fixed.size() + " bytes, such as \"h'0a0b'\"", json);
            }
            out.writeBytes(bytes);
        } else if (type instanceof ArrayType array && json instanceof List<?> elements) {
            number(elements.size());
            for (int i = 0; i < elements.size(); i++) {
                value(array.items(), elements.get(i), path + "[" + i + "]", isDefault, depth + 1);
            }
            end(elements.size());
        } else if (type instanceof MapType map && json instanceof Map<?, ?> members) {
            number(members.size());
            for (Map.Entry<?, ?> member : members.entrySet()) {
                String key = String.valueOf(member.getKey());
                text(key);
                value(map.values(), member.getValue(), below(path, key), isDefault, depth + 1);
            }
            end(members.size());
        } else if (type instanceof UnionType union) {
            union(union, json, path, isDefault, depth);
        } else {
            throw mismatch(path, expected(type), json);
        }
    }

    /** Blocks end with an empty one; no elements are that already. */
    private void end(int elements) {
        if (elements > 0) {
            number(0);
        }
    }

    private void record(RecordType record, Map<?, ?> members, String path, boolean isDefault, int depth) {
        for (Object key : members.keySet()) {
            if (record.fields().stream().noneMatch(field -> field.name().equals(key))) {
                throw new IllegalArgumentException(at(path) + "'" + record.label() + "' has no field '" + key
                        + "', only " + record.fields().stream().map(Field::name).collect(Collectors.joining(", ")));
            }
        }
        for (Field field : record.fields()) {
            String name = field.name();
            if (members.containsKey(name)) {
                value(field.type(), members.get(name), below(path, name), isDefault, depth + 1);
            } else if (field.optional()) {
                value(field.type(), field.defaultValue(), below(path, name), true, depth + 1);
            } else {
                throw new IllegalArgumentException(at(path) + "the field '" + name + "' of '" + record.label()
                        + "' is missing, and has no default");
            }
        }
    }

    private void logical(Logical type, @Nullable Object json, String path, boolean isDefault, int depth) {
        Object encoded;
        try {
            encoded = isDefault ? null : LogicalValues.encoded(type, json);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(at(path) + e.getMessage(), e);
        }
        if (encoded instanceof byte[] bytes) {
            if (!(type.base() instanceof FixedType)) {
                number(bytes.length);
            }
            out.writeBytes(bytes);
            return;
        }
        if (encoded == null
                && json instanceof String
                && type.base() instanceof Primitive base
                && base != Primitive.BYTES) {
            throw mismatch(
                    path, "a " + type.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'), json);
        }
        value(type.base(), encoded == null ? json : encoded, path, isDefault, depth + 1);
    }

    // ---- unions ----

    private void union(UnionType union, @Nullable Object json, String path, boolean isDefault, int depth) {
        List<AvroType> branches = union.branches();
        if (json instanceof Map<?, ?> members && members.size() == 1 && !isDefault) {
            Map.Entry<?, ?> only = members.entrySet().iterator().next();
            for (int i = 0; i < branches.size(); i++) {
                if (branches.get(i).label().equals(only.getKey())) {
                    number(i);
                    value(branches.get(i), only.getValue(), path, false, depth + 1);
                    return;
                }
            }
        }
        for (int i = 0; i < branches.size(); i++) {
            if (accepts(schema.resolved(branches.get(i)), json, isDefault)) {
                number(i);
                value(branches.get(i), json, path, isDefault, depth + 1);
                return;
            }
        }
        throw mismatch(path, "of " + branches.stream().map(AvroType::label).collect(Collectors.joining(" or ")), json);
    }

    /** Whether the JSON is of this kind; what is inside of it is not looked at. */
    private static boolean accepts(AvroType type, @Nullable Object json, boolean isDefault) {
        if (type instanceof Logical logical) {
            try {
                return LogicalValues.encoded(logical, json) != null || accepts(logical.base(), json, isDefault);
            } catch (IllegalArgumentException e) {
                return false;
            }
        }
        if (type instanceof Primitive primitive) {
            return switch (primitive) {
                case NULL -> json == null;
                case BOOLEAN -> json instanceof Boolean;
                case INT -> json instanceof BigInteger number && number.bitLength() < Integer.SIZE;
                case LONG -> json instanceof BigInteger number && number.bitLength() < Long.SIZE;
                case FLOAT, DOUBLE -> isNumber(json);
                case BYTES -> bytes(json, isDefault) != null;
                case STRING -> json instanceof String;
            };
        }
        if (type instanceof RecordType record) {
            return json instanceof Map<?, ?> members
                    && record.fields().stream().allMatch(field -> field.optional() || members.containsKey(field.name()))
                    && members.keySet().stream()
                            .allMatch(key -> record.fields().stream()
                                    .anyMatch(field -> field.name().equals(key)));
        }
        return type instanceof EnumType constants
                ? json instanceof String symbol && constants.symbols().contains(symbol)
                : type instanceof FixedType fixed
                        ? hasSize(bytes(json, isDefault), fixed.size())
                        : type instanceof ArrayType ? json instanceof List : json instanceof Map;
    }

    private static boolean hasSize(byte @Nullable [] bytes, int size) {
        return bytes != null && bytes.length == size;
    }

    // ---- primitive types ----

    private void primitive(Primitive type, @Nullable Object json, String path, boolean isDefault) {
        if (!accepts(type, json, isDefault) && !(isFloating(type) && isNotFinite(json))) {
            throw mismatch(path, expected(type), json);
        }
        switch (type) {
            case NULL -> {
                // takes no bytes
            }
            case BOOLEAN -> out.write(Boolean.TRUE.equals(json) ? 1 : 0);
            case INT, LONG -> number(((BigInteger) notNull(json)).longValue());
            case FLOAT -> {
                float value = Float.parseFloat(String.valueOf(json));
                if (Float.isInfinite(value) && isNumber(json)) {
                    throw mismatch(path, "a number that a float can hold", json);
                }
                out.writeBytes(little(Float.BYTES).putFloat(value).array());
            }
            case DOUBLE -> {
                double value = Double.parseDouble(String.valueOf(json));
                if (Double.isInfinite(value) && isNumber(json)) {
                    throw mismatch(path, "a number that a double can hold", json);
                }
                out.writeBytes(little(Double.BYTES).putDouble(value).array());
            }
            case BYTES -> {
                byte[] bytes = (byte[]) notNull(bytes(json, isDefault));
                number(bytes.length);
                out.writeBytes(bytes);
            }
            case STRING -> text(String.valueOf(json));
        }
    }

    private static Object notNull(@Nullable Object value) {
        if (value == null) {
            throw new IllegalStateException("checked before");
        }
        return value;
    }

    private static boolean isNumber(@Nullable Object json) {
        return json instanceof BigInteger || json instanceof Decimal;
    }

    private static boolean isFloating(Primitive type) {
        return type == Primitive.FLOAT || type == Primitive.DOUBLE;
    }

    /** JSON has no such numbers, so they are strings, as the reader writes them. */
    private static boolean isNotFinite(@Nullable Object json) {
        return "NaN".equals(json) || "Infinity".equals(json) || "-Infinity".equals(json);
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void number(long value) {
        long left = value << 1 ^ value >> Long.SIZE - 1;
        while ((left & ~0x7FL) != 0) {
            out.write((int) (left & 0x7F | 0x80));
            left >>>= 7;
        }
        out.write((int) left);
    }

    private void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        number(bytes.length);
        out.writeBytes(bytes);
    }

    /** The bytes that a string means; null if it means none. */
    private static byte @Nullable [] bytes(@Nullable Object json, boolean isDefault) {
        if (!(json instanceof String text)) {
            return null;
        }
        if (isDefault) {
            return text.getBytes(StandardCharsets.ISO_8859_1);
        }
        if (!text.startsWith("h'") || !text.endsWith("'") || text.length() < 3) {
            return null;
        }
        try {
            return HexFormat.of().parseHex(text, 2, text.length() - 1);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    // ---- errors ----

    private static String below(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private static String at(String path) {
        return path.isEmpty() ? "" : "in '" + path + "': ";
    }

    private static IllegalArgumentException mismatch(String path, String expected, @Nullable Object json) {
        String found = json instanceof Map
                ? "an object"
                : json instanceof List
                        ? "an array"
                        : json instanceof String ? "\"" + json + "\"" : String.valueOf(json);
        return new IllegalArgumentException(
                (path.isEmpty() ? "the payload" : "'" + path + "'") + " must be " + expected + ", is " + found);
    }

    private static String expected(AvroType type) {
        if (type instanceof Primitive primitive) {
            return switch (primitive) {
                case NULL -> "null";
                case BOOLEAN -> "true or false";
                case INT -> "a whole number of 32 bits";
                case LONG -> "a whole number of 64 bits";
                case FLOAT, DOUBLE -> "a number";
                case BYTES -> "bytes, such as \"h'0a0b'\"";
                case STRING -> "a string";
            };
        }
        return type instanceof EnumType
                ? "a string"
                : type instanceof ArrayType ? "an array" : "an object (" + type.label() + ")";
    }
}
