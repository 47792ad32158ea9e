package io.godwit.web.decode;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.UninitializedMessageException;
import io.godwit.web.json.JsonTree;
import io.godwit.web.json.JsonTree.Decimal;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON as a message of Protocol Buffers, as {@link Protobuf} shows it; fields also by their JSON names. */
final class ProtobufEncoder implements PayloadEncoder {
    private final Descriptor type;

    ProtobufEncoder(Descriptor type) {
        this.type = type;
    }

    @Override
    public byte[] encode(byte[] json) {
        if (!(JsonTree.of(json, "the payload") instanceof Map<?, ?> members)) {
            throw new IllegalArgumentException("the payload must be an object (" + type.getFullName() + ")");
        }
        try {
            return message(type, members, "").toByteArray();
        } catch (UninitializedMessageException e) {
            throw new IllegalArgumentException(
                    "required fields are missing: " + String.join(", ", e.getMissingFields()), e);
        }
    }

    private static DynamicMessage message(Descriptor type, Map<?, ?> members, String path) {
        DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
        for (Map.Entry<?, ?> member : members.entrySet()) {
            String name = String.valueOf(member.getKey());
            FieldDescriptor field = field(type, name);
            String at = path.isEmpty() ? name : path + "." + name;
            if (field == null) {
                throw new IllegalArgumentException("'" + at + "': " + type.getFullName() + " has no such field");
            }
            Object value = member.getValue();
            if (value == null) {
                continue; // as in protobuf's own JSON: the field is not set
            }
            if (field.isMapField()) {
                map(message, field, value, at);
            } else if (field.isRepeated()) {
                if (!(value instanceof List<?> elements)) {
                    throw mismatch(at, "an array", value);
                }
                for (int i = 0; i < elements.size(); i++) {
                    message.addRepeatedField(field, value(field, elements.get(i), at + "[" + i + "]"));
                }
            } else {
                message.setField(field, value(field, value, at));
            }
        }
        return message.build();
    }

    private static @Nullable FieldDescriptor field(Descriptor type, String name) {
        FieldDescriptor field = type.findFieldByName(name);
        return field != null
                ? field
                : type.getFields().stream()
                        .filter(each -> each.getJsonName().equals(name))
                        .findFirst()
                        .orElse(null);
    }

    private static void map(DynamicMessage.Builder message, FieldDescriptor field, Object value, String path) {
        if (!(value instanceof Map<?, ?> entries)) {
            throw mismatch(path, "an object", value);
        }
        Descriptor entryType = field.getMessageType();
        FieldDescriptor keyField = entryType.findFieldByNumber(1);
        FieldDescriptor valueField = entryType.findFieldByNumber(2);
        for (Map.Entry<?, ?> entry : entries.entrySet()) {
            String key = String.valueOf(entry.getKey());
            Object typed = keyField.getJavaType() == FieldDescriptor.JavaType.BOOLEAN
                    ? key.equals("true") ? Boolean.TRUE : key.equals("false") ? Boolean.FALSE : key
                    : key;
            message.addRepeatedField(
                    field,
                    DynamicMessage.newBuilder(entryType)
                            .setField(keyField, value(keyField, typed, path + "." + key))
                            .setField(valueField, value(valueField, entry.getValue(), path + "." + key))
                            .build());
        }
    }

    private static Object value(FieldDescriptor field, @Nullable Object json, String path) {
        return switch (field.getType()) {
            case MESSAGE, GROUP -> {
                if (!(json instanceof Map<?, ?> members)) {
                    throw mismatch(path, "an object (" + field.getMessageType().getFullName() + ")", json);
                }
                yield message(field.getMessageType(), members, path);
            }
            case ENUM -> constant(field, json, path);
            case STRING -> {
                if (!(json instanceof String text)) {
                    throw mismatch(path, "a string", json);
                }
                yield text;
            }
            case BYTES -> ByteString.copyFrom(bytes(json, path));
            case BOOL -> {
                if (!(json instanceof Boolean truth)) {
                    throw mismatch(path, "true or false", json);
                }
                yield truth;
            }
            case FLOAT -> {
                float value = (float) floating(json, path);
                if (Float.isInfinite(value) && !(json instanceof String)) {
                    throw mismatch(path, "a number that a float can hold", json);
                }
                yield value;
            }
            case DOUBLE -> floating(json, path);
            case INT32, SINT32, SFIXED32 -> (int) whole(json, Integer.SIZE, true, path);
            case UINT32, FIXED32 -> (int) whole(json, Integer.SIZE, false, path);
            case INT64, SINT64, SFIXED64 -> whole(json, Long.SIZE, true, path);
            case UINT64, FIXED64 -> whole(json, Long.SIZE, false, path);
        };
    }

    private static EnumValueDescriptor constant(FieldDescriptor field, @Nullable Object json, String path) {
        EnumValueDescriptor constant = json instanceof String name
                ? field.getEnumType().findValueByName(name)
                : json instanceof BigInteger number && number.bitLength() < Integer.SIZE
                        ? field.getEnumType().findValueByNumber(number.intValue())
                        : null;
        if (constant == null) {
            throw mismatch(path, "a value of " + field.getEnumType().getFullName(), json);
        }
        return constant;
    }

    /** JSON has no NaN and no infinity, so they are strings. */
    static double floating(@Nullable Object json, String path) {
        if (json instanceof BigInteger || json instanceof Decimal) {
            double value = Double.parseDouble(json.toString());
            if (Double.isInfinite(value)) {
                throw mismatch(path, "a number that a double can hold", json);
            }
            return value;
        }
        if ("NaN".equals(json) || "Infinity".equals(json) || "-Infinity".equals(json)) {
            return Double.parseDouble(String.valueOf(json));
        }
        throw mismatch(path, "a number", json);
    }

    /** A number, or its digits as a string, with its bits; of unsigned types too. */
    static long whole(@Nullable Object json, int bits, boolean isSigned, String path) {
        BigInteger value = null;
        if (json instanceof BigInteger number) {
            value = number;
        } else if (json instanceof String text && text.matches("-?\\d{1,20}")) {
            value = new BigInteger(text);
        }
        boolean fits = value != null
                && (isSigned ? value.bitLength() < bits : value.signum() >= 0 && value.bitLength() <= bits);
        if (value == null || !fits) {
            throw mismatch(path, "a whole number of " + bits + " bits" + (isSigned ? "" : ", not negative"), json);
        }
        return value.longValue();
    }

    static byte[] bytes(@Nullable Object json, String path) {
        if (json instanceof String text && text.startsWith("h'") && text.endsWith("'") && text.length() > 2) {
            try {
                return HexFormat.of().parseHex(text, 2, text.length() - 1);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("'" + path + "': " + e.getMessage(), e);
            }
        }
        throw mismatch(path, "bytes, such as \"h'0a0b'\"", json);
    }

    static IllegalArgumentException mismatch(String path, String expected, @Nullable Object json) {
        String found = json instanceof Map
                ? "an object"
                : json instanceof List
                        ? "an array"
                        : json instanceof String ? "\"" + json + "\"" : String.valueOf(json);
        return new IllegalArgumentException("'" + path + "' must be " + expected + ", is " + found);
    }
}
