package io.godwit.spring;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import java.lang.reflect.Type;
import java.util.List;

/** The application's converters, in order. Any thread. */
final class PayloadConverters {
    // Set once.
    private final List<PayloadConverter> converters;

    PayloadConverters(List<PayloadConverter> converters) {
        this.converters = List.copyOf(converters);
    }

    Object read(Message message, Type type) throws Exception {
        String contentType = message.contentType() == null ? "" : message.contentType();
        for (PayloadConverter converter : converters) {
            if (converter.canRead(type, contentType)) {
                return converter.read(message, type);
            }
        }
        throw new IllegalArgumentException("no converter turns a payload of content type '" + contentType + "' into "
                + type.getTypeName() + ": add Jackson, or a bean of type PayloadConverter");
    }

    /** A message for the topic with the value as payload, and its content type if the version has one. */
    Message write(String topic, Object value, ProtocolVersion version) throws Exception {
        for (PayloadConverter converter : converters) {
            if (converter.canWrite(value.getClass())) {
                Message message = Message.of(topic, converter.write(value));
                String contentType = converter.contentType();
                return contentType.isEmpty() || version != ProtocolVersion.V5
                        ? message
                        : message.withContentType(contentType);
            }
        }
        throw new IllegalArgumentException("no converter turns a "
                + value.getClass().getName() + " into a payload: add Jackson, or a bean of type PayloadConverter");
    }
}
