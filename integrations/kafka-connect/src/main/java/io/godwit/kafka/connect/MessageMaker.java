package io.godwit.kafka.connect;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** Makes messages of records: the topic by a template, the fields from headers or else from the configuration. */
final class MessageMaker {
    // Set once.
    private final Template topic;
    private final Qos qos;
    private final boolean retain;
    private final long expiry;
    private final String contentType;
    private final String prefix;
    private final boolean publishesNull;
    private final JsonConverter json = new JsonConverter();

    MessageMaker(SinkConfig config) {
        topic = config.topic();
        qos = Qos.of(config.getInt(SinkConfig.QOS));
        retain = config.getBoolean(SinkConfig.RETAIN);
        expiry = config.getLong(SinkConfig.EXPIRY);
        contentType = config.getString(SinkConfig.CONTENT_TYPE);
        prefix = config.getString(SinkConfig.PREFIX);
        publishesNull = config.getString(SinkConfig.NULL_VALUES).equals("publish");
        json.configure(Map.of("schemas.enable", false), false);
    }

    /**
     * The message; null if the record becomes none.
     *
     * @throws DataException if no message can be made of the record; the text says why
     */
    @Nullable
    Message make(SinkRecord record) {
        if (record.value() == null && !publishesNull) {
            return null;
        }
        try {
            String name = topic.require(SinkConfig.TOPIC, placeholder -> value(record, placeholder));
            Message message = new Message(TopicName.check(name), payload(record), qos, retain, MqttProperties.NONE);
            if (expiry >= 0) {
                message = message.withExpiry(Duration.ofSeconds(expiry));
            }
            if (!contentType.isEmpty()) {
                message = message.withContentType(contentType);
            }
            for (Header header : record.headers()) {
                if (header.key().startsWith(prefix) && header.value() != null) {
                    message = with(message, header.key().substring(prefix.length()), header.value());
                }
            }
            return message;
        } catch (IllegalArgumentException e) {
            throw new DataException(e.getMessage(), e);
        }
    }

    private Message with(Message message, String field, Object value) {
        if (field.startsWith("user.")) {
            return message.withUserProperty(field.substring("user.".length()), text(value));
        }
        return switch (field) {
            case "qos" -> message.withQos(Qos.of((int) number(field, value, 0, 2)));
            case "retain" -> message.withRetain(flag(field, value));
            case "message.expiry" -> message.withExpiry(Duration.ofSeconds(number(field, value, 0, 4_294_967_295L)));
            case "content.type" -> message.withContentType(text(value));
            case "response.topic" -> message.withResponseTopic(TopicName.check(text(value)));
            case "correlation.data" -> message.withCorrelationData(bytes(value));
            default -> message; // such as topic and received.at, which the source writes
        };
    }

    private long number(String field, Object value, long minimum, long maximum) {
        try {
            long number = value instanceof Number given
                    ? given.longValue()
                    : Long.parseLong(text(value).strip());
            if (number >= minimum && number <= maximum) {
                return number;
            }
        } catch (NumberFormatException e) {
            // the message below says what is right
        }
        throw new DataException(
                "the header " + prefix + field + " is '" + text(value) + "': it must be " + minimum + " to " + maximum);
    }

    private boolean flag(String field, Object value) {
        return switch (text(value).strip()) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default ->
                throw new DataException(
                        "the header " + prefix + field + " is '" + text(value) + "': it must be true or false");
        };
    }

    private @Nullable String value(SinkRecord record, Template.Placeholder placeholder) {
        return switch (placeholder.kind()) {
            case "topic" -> record.topic();
            case "key" -> record.key() == null ? null : text(record.key());
            case "partition" -> String.valueOf(record.kafkaPartition());
            case "header" -> {
                Header header = record.headers().lastWithName(placeholder.argument());
                yield header == null || header.value() == null ? null : text(header.value());
            }
            case "json" -> JsonPointer.text(structured(record), placeholder.argument());
            default -> throw new IllegalStateException("placeholder " + placeholder);
        };
    }

    /** The value as maps, lists and structs; parsed if it is bytes or text. */
    private @Nullable Object structured(SinkRecord record) {
        Object value = record.value();
        if (value instanceof String || value instanceof byte[] || value instanceof ByteBuffer) {
            try {
                return json.toConnectData(record.topic(), bytes(value)).value();
            } catch (RuntimeException e) {
                throw new DataException(
                        "the value is not JSON, which a placeholder of " + SinkConfig.TOPIC + " needs", e);
            }
        }
        return value;
    }

    private byte[] payload(SinkRecord record) {
        Object value = record.value();
        if (value == null) {
            return new byte[0];
        }
        if (value instanceof Struct || value instanceof Map || value instanceof Iterable) {
            return json.fromConnectData(record.topic(), record.valueSchema(), value);
        }
        return bytes(value);
    }

    private static byte[] bytes(Object value) {
        if (value instanceof byte[] bytes) {
            return bytes;
        }
        if (value instanceof ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            return bytes;
        }
        return value.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String text(Object value) {
        return value instanceof byte[] || value instanceof ByteBuffer
                ? new String(bytes(value), StandardCharsets.UTF_8)
                : value.toString();
    }
}
