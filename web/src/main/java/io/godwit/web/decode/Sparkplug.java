package io.godwit.web.decode;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sparkplug B: the metrics by their names, with their values as their data types say. */
final class Sparkplug implements Decoder {
    static final String[] TYPES = {
        "Unknown",
        "Int8",
        "Int16",
        "Int32",
        "Int64",
        "UInt8",
        "UInt16",
        "UInt32",
        "UInt64",
        "Float",
        "Double",
        "Boolean",
        "String",
        "DateTime",
        "Text",
        "UUID",
        "DataSet",
        "Bytes",
        "File",
        "Template",
        "PropertySet",
        "PropertySetList",
        "Int8Array",
        "Int16Array",
        "Int32Array",
        "Int64Array",
        "UInt8Array",
        "UInt16Array",
        "UInt32Array",
        "UInt64Array",
        "FloatArray",
        "DoubleArray",
        "BooleanArray",
        "StringArray",
        "DateTimeArray"
    };
    private static final int INT8 = 1;
    private static final int INT16 = 2;
    private static final int INT32 = 3;
    private static final int INT64 = 4;
    private static final int DATE_TIME = 13;

    private final SparkplugNames names;

    Sparkplug(SparkplugNames names) {
        this.names = names;
    }

    @Override
    public void decode(byte[] payload, JsonGenerator json) throws IOException, NotDecodableException {
        DynamicMessage message = Protobuf.read(SparkplugSchema.PAYLOAD, payload);
        json.writeStartObject();
        time("timestamp", SparkplugFields.get(message, "timestamp"), json);
        Object seq = SparkplugFields.get(message, "seq");
        if (seq instanceof Long number) {
            json.writeNumberField("seq", number);
        }
        text("uuid", SparkplugFields.get(message, "uuid"), json);
        metrics(message, json);
        if (SparkplugFields.get(message, "body") instanceof ByteString bytes) {
            json.writeStringField("body", Protobuf.hex(bytes));
        }
        json.writeEndObject();
    }

    private void metrics(Message holder, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("metrics");
        Set<String> used = new HashSet<>();
        for (DynamicMessage metric : SparkplugFields.messages(holder, "metrics")) {
            String name = name(metric);
            String unique = name;
            for (int i = 2; !used.add(unique); i++) {
                unique = name + " (" + i + ")"; // one message may have several values of a metric
            }
            json.writeFieldName(unique);
            metric(metric, json);
        }
        json.writeEndObject();
    }

    private String name(Message metric) {
        if (SparkplugFields.get(metric, "name") instanceof String name) {
            return name;
        }
        if (SparkplugFields.get(metric, "alias") instanceof Long alias) {
            return names.names().getOrDefault(alias, "alias " + Long.toUnsignedString(alias));
        }
        return "";
    }

    private void metric(Message metric, JsonGenerator json) throws IOException {
        Object alias = SparkplugFields.get(metric, "alias");
        Object given = SparkplugFields.get(metric, "datatype");
        int type = given instanceof Integer code
                ? code
                : alias instanceof Long number ? names.types().getOrDefault(number, 0) : 0;
        json.writeStartObject();
        json.writeFieldName("value");
        value(metric, type, json);
        if (type > 0) {
            json.writeStringField("type", type < TYPES.length ? TYPES[type] : "type " + type);
        }
        time("timestamp", SparkplugFields.get(metric, "timestamp"), json);
        if (alias instanceof Long number) {
            json.writeNumberField("alias", number);
        }
        for (String flag : List.of("is_historical", "is_transient")) {
            if (Boolean.TRUE.equals(SparkplugFields.get(metric, flag))) {
                json.writeBooleanField(flag.substring(3), true);
            }
        }
        if (SparkplugFields.get(metric, "properties") instanceof Message set) {
            json.writeFieldName("properties");
            properties(set, json);
        }
        if (SparkplugFields.get(metric, "metadata") instanceof Message metadata) {
            json.writeObjectFieldStart("metadata");
            for (var entry : metadata.getAllFields().entrySet()) {
                json.writeStringField(entry.getKey().getName(), String.valueOf(entry.getValue()));
            }
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private void value(Message holder, int type, JsonGenerator json) throws IOException {
        Object value = null;
        for (String name : List.of(
                "int_value",
                "long_value",
                "float_value",
                "double_value",
                "boolean_value",
                "string_value",
                "bytes_value",
                "dataset_value",
                "template_value",
                "propertyset_value",
                "propertysets_value")) {
            Object set = SparkplugFields.get(holder, name);
            value = set == null ? value : set;
        }
        if (value == null || Boolean.TRUE.equals(SparkplugFields.get(holder, "is_null"))) {
            json.writeNull();
        } else if (value instanceof Integer number) {
            json.writeNumber(signed(number, type));
        } else if (value instanceof Long number) {
            whole(number, type, json);
        } else if (value instanceof Float number) {
            json.writeNumber(number);
        } else if (value instanceof Double number) {
            json.writeNumber(number);
        } else if (value instanceof Boolean truth) {
            json.writeBoolean(truth);
        } else if (value instanceof ByteString bytes) {
            json.writeString(Protobuf.hex(bytes));
        } else if (value instanceof Message message) {
            nested(message, json);
        } else {
            json.writeString(value.toString());
        }
    }

    /** Numbers of signed types travel as the unsigned number with the same bits. */
    private static long signed(int number, int type) {
        return switch (type) {
            case INT8 -> (byte) number;
            case INT16 -> (short) number;
            case INT32 -> number;
            default -> Integer.toUnsignedLong(number);
        };
    }

    private static void whole(long number, int type, JsonGenerator json) throws IOException {
        if (type == DATE_TIME) {
            json.writeString(Instant.ofEpochMilli(number).toString());
        } else if (type == INT64) {
            json.writeNumber(number);
        } else {
            json.writeNumber(Long.toUnsignedString(number));
        }
    }

    private void nested(Message message, JsonGenerator json) throws IOException {
        switch (message.getDescriptorForType().getName()) {
            case "DataSet" -> dataSet(message, json);
            case "Template" -> {
                json.writeStartObject();
                text("template", SparkplugFields.get(message, "template_ref"), json);
                text("version", SparkplugFields.get(message, "version"), json);
                json.writeObjectFieldStart("parameters");
                for (DynamicMessage parameter : SparkplugFields.messages(message, "parameters")) {
                    json.writeFieldName(String.valueOf(SparkplugFields.get(parameter, "name")));
                    value(parameter, code(SparkplugFields.get(parameter, "type")), json);
                }
                json.writeEndObject();
                metrics(message, json);
                json.writeEndObject();
            }
            case "PropertySetList" -> {
                json.writeStartArray();
                for (DynamicMessage set : SparkplugFields.messages(message, "propertyset")) {
                    properties(set, json);
                }
                json.writeEndArray();
            }
            default -> properties(message, json);
        }
    }

    private void dataSet(Message message, JsonGenerator json) throws IOException {
        List<Object> columns = SparkplugFields.all(message, "columns");
        List<Object> types = SparkplugFields.all(message, "types");
        json.writeStartArray();
        for (DynamicMessage row : SparkplugFields.messages(message, "rows")) {
            json.writeStartObject();
            List<DynamicMessage> elements = SparkplugFields.messages(row, "elements");
            for (int i = 0; i < elements.size(); i++) {
                json.writeFieldName(i < columns.size() ? String.valueOf(columns.get(i)) : "column " + i);
                value(elements.get(i), i < types.size() ? code(types.get(i)) : 0, json);
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void properties(Message set, JsonGenerator json) throws IOException {
        List<Object> keys = SparkplugFields.all(set, "keys");
        List<DynamicMessage> values = SparkplugFields.messages(set, "values");
        json.writeStartObject();
        for (int i = 0; i < values.size(); i++) {
            json.writeFieldName(i < keys.size() ? String.valueOf(keys.get(i)) : "key " + i);
            value(values.get(i), code(SparkplugFields.get(values.get(i), "type")), json);
        }
        json.writeEndObject();
    }

    private static int code(@Nullable Object type) {
        return type instanceof Integer code ? code : 0;
    }

    private static void time(String name, @Nullable Object millis, JsonGenerator json) throws IOException {
        if (millis instanceof Long number) {
            json.writeStringField(name, Instant.ofEpochMilli(number).toString());
        }
    }

    private static void text(String name, @Nullable Object value, JsonGenerator json) throws IOException {
        if (value instanceof String string) {
            json.writeStringField(name, string);
        }
    }
}
