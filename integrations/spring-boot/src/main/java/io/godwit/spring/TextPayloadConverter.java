package io.godwit.spring;

import io.godwit.mqtt.protocol.Message;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import org.springframework.core.convert.ConversionService;

/** Bytes as they are, text as UTF-8, and what Spring's conversion service makes of text: numbers, booleans, enums, dates. */
final class TextPayloadConverter implements PayloadConverter {
    // Set once.
    private final ConversionService conversion;

    TextPayloadConverter(ConversionService conversion) {
        this.conversion = conversion;
    }

    @Override
    public boolean canRead(Type type, String contentType) {
        return type == byte[].class || type instanceof Class<?> target && conversion.canConvert(String.class, target);
    }

    @Override
    public Object read(Message message, Type type) {
        if (type == byte[].class) {
            return message.payload();
        }
        Object value = conversion.convert(message.text(), (Class<?>) type);
        if (value == null) {
            throw new IllegalArgumentException("the empty payload is not a " + type.getTypeName());
        }
        return value;
    }

    @Override
    public boolean canWrite(Class<?> type) {
        return type == byte[].class
                || type != Object.class && conversion.canConvert(type, String.class) && isSimple(type);
    }

    /** Anything can be converted to text; here only what can be read again. */
    private boolean isSimple(Class<?> type) {
        return conversion.canConvert(String.class, type);
    }

    @Override
    public byte[] write(Object value) {
        if (value instanceof byte[] bytes) {
            return bytes;
        }
        String text = conversion.convert(value, String.class);
        return (text == null ? "" : text).getBytes(StandardCharsets.UTF_8);
    }
}
