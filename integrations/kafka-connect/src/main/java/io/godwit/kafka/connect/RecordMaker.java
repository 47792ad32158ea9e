package io.godwit.kafka.connect;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.UserProperty;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Headers;
import org.apache.kafka.connect.json.JsonConverter;
import org.jspecify.annotations.Nullable;

/** Makes records of messages: topic and key by templates, headers, and the value in the format that was configured. */
final class RecordMaker {
    private static final Pattern FORBIDDEN = Pattern.compile("[^a-zA-Z0-9._-]");

    // Set once.
    private final Template topic;
    private final @Nullable Pattern regex;
    private final Template key;
    private final Template deduplication;
    private final String format;
    private final String prefix;
    private final String deadLetters;
    /** For values, and for templates, which look at the JSON as it is. */
    private final JsonConverter values = new JsonConverter();

    private final JsonConverter plain = new JsonConverter();
    private final boolean sameJson;

    RecordMaker(SourceConfig config) {
        topic = config.template(SourceConfig.TOPIC);
        String expression = config.getString(SourceConfig.REGEX);
        regex = expression.isEmpty() ? null : Pattern.compile(expression);
        key = config.template(SourceConfig.KEY);
        deduplication = config.template(SourceConfig.DEDUPLICATION);
        format = config.getString(SourceConfig.FORMAT);
        prefix = config.getString(SourceConfig.PREFIX);
        deadLetters = config.getString(SourceConfig.DEAD_LETTERS);
        boolean schemas = config.getBoolean(SourceConfig.SCHEMAS);
        values.configure(Map.of("schemas.enable", schemas), false);
        plain.configure(Map.of("schemas.enable", false), false);
        sameJson = !schemas;
    }

    /** @throws DataException if no record can be made of the message; the text says why */
    PendingRecord make(PendingMessage pending, Map<String, ?> partition, Map<String, ?> offset) {
        Message message = pending.message();
        Placeholders placeholders = new Placeholders(message);
        String kafkaTopic = topic.require(SourceConfig.TOPIC, placeholder -> {
            String value = placeholders.value(placeholder);
            return value == null
                    ? null
                    : FORBIDDEN.matcher(value.replace('/', '.')).replaceAll("_");
        });
        if (!Validators.isKafkaTopic(kafkaTopic)) {
            throw new DataException(SourceConfig.TOPIC + "=" + topic + " gives '" + kafkaTopic
                    + "', which is not a topic name of Kafka: 1 to 249 letters, digits, '.', '_' and '-'");
        }
        String kafkaKey = key.isEmpty() ? null : key.expand(placeholders);
        Headers headers = headers(pending);
        if (!deduplication.isEmpty()) {
            String value = deduplication.expand(placeholders);
            if (value != null) {
                headers.addString(prefix + "deduplication.key", value);
            }
        }
        Schema schema = null;
        Object value;
        switch (format) {
            case "string" -> {
                schema = Schema.STRING_SCHEMA;
                value = text(message);
            }
            case "json" -> {
                SchemaAndValue parsed = sameJson ? placeholders.json() : parse(values, message);
                schema = parsed.schema();
                value = parsed.value();
            }
            default -> {
                schema = Schema.BYTES_SCHEMA;
                value = message.payload();
            }
        }
        return new PendingRecord(pending, partition, offset, kafkaTopic, kafkaKey, schema, value, headers);
    }

    boolean hasDeadLetters() {
        return !deadLetters.isEmpty();
    }

    /** The message as bytes for the topic of dead letters, with the reason. */
    PendingRecord deadLetter(
            PendingMessage pending, DataException reason, Map<String, ?> partition, Map<String, ?> offset) {
        Headers headers = headers(pending);
        headers.addString(prefix + "error", String.valueOf(reason.getMessage()));
        return new PendingRecord(
                pending,
                partition,
                offset,
                deadLetters,
                pending.message().topic(),
                Schema.BYTES_SCHEMA,
                pending.message().payload(),
                headers);
    }

    private Headers headers(PendingMessage pending) {
        Message message = pending.message();
        Headers headers = new ConnectHeaders();
        headers.addString(prefix + "topic", message.topic());
        headers.addInt(prefix + "qos", message.qos().level());
        headers.addBoolean(prefix + "retain", message.retain());
        headers.addBoolean(prefix + "duplicate", message.isDuplicate());
        headers.addLong(prefix + "received.at", pending.receivedAt());
        if (message.properties().isEmpty()) {
            return headers;
        }
        if (message.contentType() != null) {
            headers.addString(prefix + "content.type", message.contentType());
        }
        if (message.responseTopic() != null) {
            headers.addString(prefix + "response.topic", message.responseTopic());
        }
        if (message.correlationData() != null) {
            headers.addBytes(prefix + "correlation.data", message.correlationData());
        }
        Long expiry = message.properties().get(Property.MESSAGE_EXPIRY_INTERVAL);
        if (expiry != null) {
            headers.addLong(prefix + "message.expiry", expiry);
        }
        for (UserProperty property : message.userProperties()) {
            headers.addString(prefix + "user." + property.name(), property.value());
        }
        return headers;
    }

    private static String text(Message message) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(message.payload()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new DataException("the payload is not UTF-8: use " + SourceConfig.FORMAT + "=bytes", e);
        }
    }

    private static SchemaAndValue parse(JsonConverter converter, Message message) {
        try {
            return converter.toConnectData(message.topic(), message.payload());
        } catch (RuntimeException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String reason =
                    String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
            throw new DataException("the payload is not the JSON that was expected: " + reason, e);
        }
    }

    /** The values of placeholders for one message; JSON and regular expression are looked at once, if at all. */
    private final class Placeholders implements Template.Values {
        private final Message message;
        private String @Nullable [] levels;
        private @Nullable Matcher groups;
        private @Nullable SchemaAndValue json;

        Placeholders(Message message) {
            this.message = message;
        }

        @Override
        public @Nullable String value(Template.Placeholder placeholder) {
            return switch (placeholder.kind()) {
                case Template.LEVEL -> level(Integer.parseInt(placeholder.argument()));
                case "topic" -> message.topic();
                case "group" -> group(placeholder.argument());
                case "user" -> message.userProperty(placeholder.argument());
                case "json" -> JsonPointer.text(json().value(), placeholder.argument());
                case "hash" -> hash();
                default -> throw new IllegalStateException("placeholder " + placeholder);
            };
        }

        private @Nullable String level(int number) {
            String[] all = levels;
            if (all == null) {
                all = message.topic().split("/", -1);
                levels = all;
            }
            return number <= all.length ? all[number - 1] : null;
        }

        private @Nullable String group(String name) {
            if (regex == null) {
                return null;
            }
            Matcher matcher = groups;
            if (matcher == null) {
                matcher = regex.matcher(message.topic());
                groups = matcher;
            }
            if (!matcher.matches()) {
                return null;
            }
            try {
                return Character.isDigit(name.charAt(0)) ? matcher.group(Integer.parseInt(name)) : matcher.group(name);
            } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                throw new DataException(SourceConfig.REGEX + " has no group " + name, e);
            }
        }

        SchemaAndValue json() {
            SchemaAndValue parsed = json;
            if (parsed == null) {
                parsed = parse(plain, message);
                json = parsed;
            }
            return parsed;
        }

        private String hash() {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                digest.update(message.topic().getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
                return HexFormat.of().formatHex(digest.digest(message.payload()));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
