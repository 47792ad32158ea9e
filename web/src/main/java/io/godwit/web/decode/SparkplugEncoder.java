package io.godwit.web.decode;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import io.godwit.web.json.JsonTree;
import io.godwit.web.json.JsonTree.Decimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * JSON as a payload of Sparkplug B, as {@link Sparkplug} shows it: metrics by name, each with value and type; a value alone is an
 * Int64, Double, Boolean or String. What the JSON does not say whole is rejected: data sets, templates and properties.
 */
final class SparkplugEncoder implements PayloadEncoder {
    private static final Descriptor PAYLOAD = SparkplugSchema.PAYLOAD;
    private static final Descriptor METRIC = PAYLOAD.findFieldByName("metrics").getMessageType();
    private static final Pattern ALIAS = Pattern.compile("alias (\\d{1,20})");
    private static final Set<String> TOP = Set.of("timestamp", "seq", "uuid", "metrics", "body");
    private static final Set<String> OF_METRIC =
            Set.of("value", "type", "timestamp", "alias", "historical", "transient");

    @Override
    public byte[] encode(byte[] json) {
        if (!(JsonTree.of(json, "the payload") instanceof Map<?, ?> members)) {
            throw new IllegalArgumentException("the payload must be an object with \"metrics\"");
        }
        known(members, TOP, "");
        DynamicMessage.Builder payload = DynamicMessage.newBuilder(PAYLOAD);
        if (members.get("timestamp") != null) {
            set(payload, "timestamp", millis(members.get("timestamp"), "timestamp"));
        }
        if (members.get("seq") != null) {
            set(payload, "seq", ProtobufEncoder.whole(members.get("seq"), Long.SIZE, false, "seq"));
        }
        if (members.get("uuid") != null) {
            set(payload, "uuid", text(members.get("uuid"), "uuid"));
        }
        if (members.get("body") != null) {
            set(payload, "body", ByteString.copyFrom(ProtobufEncoder.bytes(members.get("body"), "body")));
        }
        Object metrics = members.get("metrics");
        if (metrics != null) {
            if (!(metrics instanceof Map<?, ?> byName)) {
                throw ProtobufEncoder.mismatch("metrics", "an object of names and values", metrics);
            }
            for (Map.Entry<?, ?> each : byName.entrySet()) {
                payload.addRepeatedField(
                        PAYLOAD.findFieldByName("metrics"), metric(String.valueOf(each.getKey()), each.getValue()));
            }
        }
        return payload.build().toByteArray();
    }

    private static DynamicMessage metric(String name, @Nullable Object json) {
        String path = "metrics." + name;
        Map<?, ?> members;
        if (json instanceof Map<?, ?> given) {
            members = given;
        } else {
            Map<String, @Nullable Object> alone = new HashMap<>();
            alone.put("value", json);
            members = alone;
        }
        known(members, OF_METRIC, path);
        DynamicMessage.Builder metric = DynamicMessage.newBuilder(METRIC);
        Matcher onlyAlias = ALIAS.matcher(name);
        if (onlyAlias.matches()) {
            set(metric, "alias", ProtobufEncoder.whole(onlyAlias.group(1), Long.SIZE, false, path));
        } else {
            set(metric, "name", name);
            if (members.get("alias") != null) {
                set(metric, "alias", ProtobufEncoder.whole(members.get("alias"), Long.SIZE, false, path + ".alias"));
            }
        }
        if (members.get("timestamp") != null) {
            set(metric, "timestamp", millis(members.get("timestamp"), path + ".timestamp"));
        }
        for (String flag : new String[] {"historical", "transient"}) {
            if (members.get(flag) != null) {
                if (!(members.get(flag) instanceof Boolean truth)) {
                    throw ProtobufEncoder.mismatch(path + "." + flag, "true or false", members.get(flag));
                }
                set(metric, "is_" + flag, truth);
            }
        }
        Object value = members.get("value");
        int type = members.get("type") == null ? usual(value, path) : type(members.get("type"), path);
        if (type > 0) {
            set(metric, "datatype", type);
        }
        if (value == null) {
            set(metric, "is_null", true);
        } else {
            value(metric, type, value, path);
        }
        return metric.build();
    }

    private static void known(Map<?, ?> members, Set<String> names, String path) {
        for (Object key : members.keySet()) {
            if (!names.contains(key)) {
                throw new IllegalArgumentException(
                        "'" + (path.isEmpty() ? "" : path + ".") + key + "' cannot be encoded, only "
                                + String.join(", ", names.stream().sorted().toList()));
            }
        }
    }

    private static int type(@Nullable Object name, String path) {
        int type = Arrays.asList(Sparkplug.TYPES).indexOf(name);
        if (type < 1) {
            throw ProtobufEncoder.mismatch(path + ".type", "a data type of Sparkplug, such as Double", name);
        }
        return type;
    }

    /** The type of a value that is given alone; 0: it is null, and has none. */
    private static int usual(@Nullable Object value, String path) {
        if (value == null) {
            return 0;
        }
        String name = value instanceof BigInteger
                ? "Int64"
                : value instanceof Decimal
                        ? "Double"
                        : value instanceof Boolean ? "Boolean" : value instanceof String ? "String" : "";
        if (name.isEmpty()) {
            throw ProtobufEncoder.mismatch(path, "a value, or an object with \"value\" and \"type\"", value);
        }
        return type(name, path);
    }

    private static void value(DynamicMessage.Builder metric, int type, Object value, String path) {
        switch (Sparkplug.TYPES[type]) {
            case "Int8" -> set(metric, "int_value", (int) ProtobufEncoder.whole(value, 8, true, path));
            case "Int16" -> set(metric, "int_value", (int) ProtobufEncoder.whole(value, 16, true, path));
            case "Int32" -> set(metric, "int_value", (int) ProtobufEncoder.whole(value, 32, true, path));
            case "UInt8" -> set(metric, "int_value", (int) ProtobufEncoder.whole(value, 8, false, path));
            case "UInt16" -> set(metric, "int_value", (int) ProtobufEncoder.whole(value, 16, false, path));
            case "UInt32" -> set(metric, "int_value", (int) ProtobufEncoder.whole(value, 32, false, path));
            case "Int64" -> set(metric, "long_value", ProtobufEncoder.whole(value, 64, true, path));
            case "UInt64" -> set(metric, "long_value", ProtobufEncoder.whole(value, 64, false, path));
            case "DateTime" -> set(metric, "long_value", millis(value, path));
            case "Float" -> {
                float number = (float) ProtobufEncoder.floating(value, path);
                if (Float.isInfinite(number) && !(value instanceof String)) {
                    throw ProtobufEncoder.mismatch(path, "a number that a Float can hold", value);
                }
                set(metric, "float_value", number);
            }
            case "Double" -> set(metric, "double_value", ProtobufEncoder.floating(value, path));
            case "Boolean" -> {
                if (!(value instanceof Boolean)) {
                    throw ProtobufEncoder.mismatch(path, "true or false", value);
                }
                set(metric, "boolean_value", value);
            }
            case "String", "Text", "UUID" -> set(metric, "string_value", text(value, path));
            case "DataSet", "Template", "PropertySet", "PropertySetList" ->
                throw new IllegalArgumentException("'" + path + "': a " + Sparkplug.TYPES[type]
                        + " cannot be encoded, because its JSON does not have all types");
            default -> set(metric, "bytes_value", ByteString.copyFrom(ProtobufEncoder.bytes(value, path)));
        }
    }

    /** A time as text, or its milliseconds since 1970. */
    private static long millis(@Nullable Object json, String path) {
        if (json instanceof String text) {
            try {
                return Instant.parse(text).toEpochMilli();
            } catch (DateTimeException | ArithmeticException e) {
                throw new IllegalArgumentException(
                        "'" + path + "' must be a time such as 2026-01-31T12:00:00Z, is \"" + text + "\"", e);
            }
        }
        return ProtobufEncoder.whole(json, Long.SIZE, false, path);
    }

    private static String text(@Nullable Object json, String path) {
        if (!(json instanceof String text)) {
            throw ProtobufEncoder.mismatch(path, "a string", json);
        }
        return text;
    }

    private static void set(DynamicMessage.Builder message, String field, Object value) {
        message.setField(message.getDescriptorForType().findFieldByName(field), value);
    }
}
