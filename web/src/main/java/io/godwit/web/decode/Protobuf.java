package io.godwit.web.decode;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Protocol Buffers of one message type. Fields that the type does not have are written as {@code #5}; bytes as {@code h'0a0b'}. */
final class Protobuf implements Decoder {
    private final Descriptor type;

    Protobuf(Descriptor type) {
        this.type = type;
    }

    @Override
    public void decode(byte[] payload, JsonGenerator json) throws IOException, NotDecodableException {
        message(read(type, payload), json);
    }

    static DynamicMessage read(Descriptor type, byte[] payload) throws NotDecodableException {
        try {
            return DynamicMessage.parseFrom(type, payload);
        } catch (InvalidProtocolBufferException e) {
            throw new NotDecodableException("not a " + type.getFullName() + ": " + e.getMessage());
        }
    }

    private static void message(Message message, JsonGenerator json) throws IOException {
        json.writeStartObject();
        for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
            FieldDescriptor field = entry.getKey();
            json.writeFieldName(field.isExtension() ? "[" + field.getFullName() + "]" : field.getName());
            if (field.isMapField()) {
                map(field, (List<?>) entry.getValue(), json);
            } else if (field.isRepeated()) {
                json.writeStartArray();
                for (Object each : (List<?>) entry.getValue()) {
                    value(each, field, json);
                }
                json.writeEndArray();
            } else {
                value(entry.getValue(), field, json);
            }
        }
        unknown(message.getUnknownFields(), json);
        json.writeEndObject();
    }

    private static void map(FieldDescriptor field, List<?> entries, JsonGenerator json) throws IOException {
        FieldDescriptor key = field.getMessageType().findFieldByNumber(1);
        FieldDescriptor value = field.getMessageType().findFieldByNumber(2);
        json.writeStartObject();
        for (Object each : entries) {
            Message entry = (Message) each;
            json.writeFieldName(String.valueOf(entry.getField(key)));
            value(entry.getField(value), value, json);
        }
        json.writeEndObject();
    }

    private static void value(Object value, FieldDescriptor field, JsonGenerator json) throws IOException {
        switch (field.getType()) {
            case UINT32, FIXED32 -> json.writeNumber(Integer.toUnsignedLong((Integer) value));
            case UINT64, FIXED64 -> json.writeNumber(Long.toUnsignedString((Long) value));
            default -> {
                if (value instanceof Message nested) {
                    message(nested, json);
                } else if (value instanceof EnumValueDescriptor constant) {
                    json.writeString(constant.getName());
                } else if (value instanceof ByteString bytes) {
                    json.writeString(hex(bytes));
                } else if (value instanceof Double number) {
                    json.writeNumber(number);
                } else if (value instanceof Float number) {
                    json.writeNumber(number);
                } else if (value instanceof Boolean truth) {
                    json.writeBoolean(truth);
                } else if (value instanceof Number number) {
                    json.writeNumber(number.longValue());
                } else {
                    json.writeString(String.valueOf(value));
                }
            }
        }
    }

    private static void unknown(UnknownFieldSet fields, JsonGenerator json) throws IOException {
        for (Map.Entry<Integer, UnknownFieldSet.Field> entry : fields.asMap().entrySet()) {
            UnknownFieldSet.Field field = entry.getValue();
            json.writeArrayFieldStart("#" + entry.getKey());
            for (Long number : field.getVarintList()) {
                json.writeNumber(Long.toUnsignedString(number));
            }
            for (Integer number : field.getFixed32List()) {
                json.writeNumber(Integer.toUnsignedLong(number));
            }
            for (Long number : field.getFixed64List()) {
                json.writeNumber(Long.toUnsignedString(number));
            }
            for (ByteString bytes : field.getLengthDelimitedList()) {
                json.writeString(hex(bytes));
            }
            json.writeEndArray();
        }
    }

    static String hex(ByteString bytes) {
        return "h'" + HexFormat.of().formatHex(bytes.toByteArray()) + "'";
    }
}
