package io.godwit.web.decode;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.msgpack.core.ExtensionTypeHeader;
import org.msgpack.core.MessageFormat;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageUnpacker;

/** MessagePack. Binary is written as {@code h'0a0b'}, a time as text, other extensions as objects of type and data. */
final class MessagePack implements Decoder {
    private static final int DEEPEST = 500;

    @Override
    public void decode(byte[] payload, JsonGenerator json) throws IOException, NotDecodableException {
        MessageUnpacker in = org.msgpack.core.MessagePack.newDefaultUnpacker(payload);
        try {
            value(in, json, 0, payload.length);
            if (in.getTotalReadBytes() < payload.length) {
                throw new NotDecodableException(
                        "byte " + in.getTotalReadBytes() + ": more follows after the first value");
            }
        } catch (MessagePackException e) {
            throw new NotDecodableException("byte " + in.getTotalReadBytes() + ": " + e.getMessage());
        }
    }

    private static void value(MessageUnpacker in, JsonGenerator json, int depth, int length)
            throws IOException, NotDecodableException {
        if (depth > DEEPEST) {
            throw new NotDecodableException("nested deeper than " + DEEPEST + " levels");
        }
        MessageFormat format = in.getNextFormat();
        switch (format.getValueType()) {
            case NIL -> {
                in.unpackNil();
                json.writeNull();
            }
            case BOOLEAN -> json.writeBoolean(in.unpackBoolean());
            case INTEGER -> json.writeNumber(in.unpackBigInteger());
            case FLOAT -> {
                if (format == MessageFormat.FLOAT32) {
                    json.writeNumber(in.unpackFloat());
                } else {
                    json.writeNumber(in.unpackDouble());
                }
            }
            case STRING -> json.writeString(text(in, length));
            case BINARY -> json.writeString(hex(bytes(in, in.unpackBinaryHeader(), length)));
            case ARRAY -> {
                int size = in.unpackArrayHeader();
                json.writeStartArray();
                for (int i = 0; i < size; i++) {
                    value(in, json, depth + 1, length);
                }
                json.writeEndArray();
            }
            case MAP -> map(in, json, depth, length);
            case EXTENSION -> extension(in, json, length);
        }
    }

    private static void map(MessageUnpacker in, JsonGenerator json, int depth, int length)
            throws IOException, NotDecodableException {
        int size = in.unpackMapHeader();
        json.writeStartObject();
        for (int i = 0; i < size; i++) {
            json.writeFieldName(key(in, length));
            value(in, json, depth + 1, length);
        }
        json.writeEndObject();
    }

    private static String key(MessageUnpacker in, int length) throws IOException, NotDecodableException {
        return switch (in.getNextFormat().getValueType()) {
            case STRING -> text(in, length);
            case INTEGER -> in.unpackBigInteger().toString();
            case BOOLEAN -> String.valueOf(in.unpackBoolean());
            case BINARY -> hex(bytes(in, in.unpackBinaryHeader(), length));
            default ->
                throw new NotDecodableException(
                        "byte " + in.getTotalReadBytes() + ": a key of a map that JSON cannot have");
        };
    }

    private static String text(MessageUnpacker in, int length) throws IOException, NotDecodableException {
        return new String(bytes(in, in.unpackRawStringHeader(), length), StandardCharsets.UTF_8);
    }

    /** What the header claims may be more than there is. */
    private static byte[] bytes(MessageUnpacker in, int size, int length) throws IOException, NotDecodableException {
        if (size > length - in.getTotalReadBytes()) {
            throw new NotDecodableException("byte " + in.getTotalReadBytes() + ": the payload ends inside of a value");
        }
        return in.readPayload(size);
    }

    private static void extension(MessageUnpacker in, JsonGenerator json, int length)
            throws IOException, NotDecodableException {
        ExtensionTypeHeader header = in.unpackExtensionTypeHeader();
        if (header.isTimestampType()) {
            json.writeString(in.unpackTimestamp(header).toString());
            return;
        }
        json.writeStartObject();
        json.writeNumberField("type", header.getType());
        json.writeStringField("data", hex(bytes(in, header.getLength(), length)));
        json.writeEndObject();
    }

    private static String hex(byte[] bytes) {
        return "h'" + HexFormat.of().formatHex(bytes) + "'";
    }
}
