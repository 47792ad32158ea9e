package io.godwit.web.recording;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicName;
import io.godwit.mqtt.protocol.UserProperty;
import io.godwit.web.json.Json;
import io.godwit.web.json.Utf8Text;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One message of a recording, and how it is written: a line of JSON such as
 *
 * <pre>{@code
 * {"at":1.250000,"time":"2026-11-24T10:00:01.25Z","topic":"home/hall","qos":1,"retain":false,"payload":"on"}
 * }</pre>
 *
 * {@code at} is seconds since the recording began. What is no UTF-8 stands in Base64 under {@code payloadBase64}. {@code
 * properties} holds those of MQTT 5 by the names of {@code -D}; user properties are a list of pairs, correlation data is
 * Base64. Reading wants {@code topic} only.
 *
 * @param at since the recording began
 * @param time when it came; null: not known
 */
public record RecordedMessage(Duration at, @Nullable Instant time, Message message) {
    private static final String USER_PROPERTIES = "user-properties";
    private static final String NO_TIME =
            "\"time\" must be a time such as 2026-11-24T10:00:01.25Z, of the years 1970 to 9999";
    private static final Instant YEAR_10000 = Instant.ofEpochSecond(253_402_300_800L);

    /** The properties of a message that its publisher chose; the others belong to a connection or a subscription. */
    private static final List<Property<?>> KEPT = Property.all().stream()
            .filter(property -> property.allowedIn(Property.Location.PUBLISH))
            .filter(property -> property != Property.TOPIC_ALIAS && property != Property.SUBSCRIPTION_IDENTIFIER)
            .toList();

    /** The line, without its end. */
    public String toJson() {
        return toJson(json -> {});
    }

    /** The same with more members at its end, which are not read. */
    public String toJson(Json.Members more) {
        return Json.object(json -> {
            json.writeNumberField("at", BigDecimal.valueOf(at.toNanos() / 1_000, 6));
            if (time != null) {
                json.writeStringField("time", time.toString());
            }
            json.writeStringField("topic", message.topic());
            json.writeNumberField("qos", message.qos().level());
            json.writeBooleanField("retain", message.retain());
            String payload = Utf8Text.of(message.payload());
            if (payload != null) {
                json.writeStringField("payload", payload);
            } else {
                json.writeStringField("payloadBase64", Base64.getEncoder().encodeToString(message.payload()));
            }
            writeProperties(message, json);
            more.write(json);
        });
    }

    /**
     * The latest time in a recording, for what is appended to it; 0 if there is no such file.
     *
     * @throws IOException if the file cannot be read
     */
    public static Duration lastTime(Path file) throws IOException {
        Duration last = Duration.ZERO;
        if (!Files.exists(file)) {
            return last;
        }
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                try {
                    Duration at = line.isBlank() ? last : parse(line).at();
                    last = at.compareTo(last) > 0 ? at : last;
                } catch (IllegalArgumentException e) {
                    throw new IOException(file + ", line " + number + ": " + e.getMessage(), e);
                }
            }
        }
        return last;
    }

    /** Writes {@code properties}, unless the message has none that its publisher chose. */
    public static void writeProperties(Message message, JsonGenerator json) throws IOException {
        MqttProperties properties = message.properties();
        List<UserProperty> users = message.userProperties();
        boolean any = !users.isEmpty();
        for (Property<?> property : KEPT) {
            any |= properties.has(property);
        }
        if (!any) {
            return;
        }
        json.writeObjectFieldStart("properties");
        for (Property<?> property : KEPT) {
            Object value = property == Property.USER_PROPERTY ? null : properties.get(property);
            if (value instanceof Number number) {
                json.writeNumberField(nameOf(property), number.longValue());
            } else if (value instanceof byte[] bytes) {
                json.writeStringField(nameOf(property), Base64.getEncoder().encodeToString(bytes));
            } else if (value != null) {
                json.writeStringField(nameOf(property), value.toString());
            }
        }
        if (!users.isEmpty()) {
            json.writeArrayFieldStart(USER_PROPERTIES);
            for (UserProperty user : users) {
                json.writeArray(new String[] {user.name(), user.value()}, 0, 2);
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private static String nameOf(Property<?> property) {
        return property.name().replace(' ', '-');
    }

    /**
     * Reads a line.
     *
     * @throws IllegalArgumentException if it is not one; the message says what is wrong
     */
    public static RecordedMessage parse(String line) {
        try (JsonParser json = Json.parser(line)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException(
                        "a line must be a JSON object, such as {\"topic\":\"a\",\"payload\":\"x\"}");
            }
            RecordedMessage read = new Reader(json).read();
            if (json.nextToken() != null) {
                throw new IllegalArgumentException("more follows after the JSON object");
            }
            return read;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("invalid JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads the fields of one line. */
    private static final class Reader {
        private final JsonParser json;
        private Duration at = Duration.ZERO;
        private @Nullable Instant time;
        private @Nullable String topic;
        private Qos qos = Qos.AT_MOST_ONCE;
        private boolean retain;
        private byte[] payload = {};
        private final MqttProperties.Builder properties = MqttProperties.builder();

        Reader(JsonParser json) {
            this.json = json;
        }

        RecordedMessage read() throws IOException {
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                field(name);
            }
            if (topic == null) {
                throw new IllegalArgumentException("missing \"topic\"");
            }
            TopicName.check(topic);
            return new RecordedMessage(at, time, new Message(topic, payload, qos, retain, properties.build()));
        }

        private void field(String name) throws IOException {
            switch (name) {
                case "at" -> at = seconds();
                case "time" -> time = instant();
                case "topic" -> topic = string(name);
                case "qos" -> {
                    int level = (int) number(name, 0, 2);
                    qos = Qos.of(level);
                }
                case "retain" -> retain = json.getValueAsBoolean();
                case "payload" -> payload = string(name).getBytes(java.nio.charset.StandardCharsets.UTF_8);
                case "payloadBase64" -> payload = base64(name);
                case "properties" -> properties();
                default -> json.skipChildren(); // of a later version
            }
        }

        private Duration seconds() throws IOException {
            BigDecimal seconds = json.currentToken().isNumeric() ? json.getDecimalValue() : null;
            if (seconds == null || seconds.signum() < 0 || seconds.compareTo(BigDecimal.valueOf(1e9)) > 0) {
                throw new IllegalArgumentException("\"at\" must be the seconds since the beginning");
            }
            return Duration.ofNanos(seconds.movePointRight(9).longValue());
        }

        private Instant instant() throws IOException {
            String text = string("time");
            try {
                Instant parsed = Instant.parse(text);
                if (!parsed.isBefore(Instant.EPOCH) && parsed.isBefore(YEAR_10000)) {
                    return parsed;
                }
            } catch (DateTimeParseException e) {
                throw new IllegalArgumentException(NO_TIME, e);
            }
            throw new IllegalArgumentException(NO_TIME);
        }

        private String string(String name) throws IOException {
            if (json.currentToken() != JsonToken.VALUE_STRING) {
                throw new IllegalArgumentException("\"" + name + "\" must be a string");
            }
            return json.getText();
        }

        private byte[] base64(String name) throws IOException {
            try {
                return Base64.getDecoder().decode(string(name));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("\"" + name + "\" is not Base64", e);
            }
        }

        private long number(String name, long least, long most) throws IOException {
            long number = json.currentToken() == JsonToken.VALUE_NUMBER_INT ? json.getLongValue() : -1;
            if (number < least || number > most) {
                throw new IllegalArgumentException(
                        "\"" + name + "\" must be a whole number from " + least + " to " + most);
            }
            return number;
        }

        private void properties() throws IOException {
            if (json.currentToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("\"properties\" must be a JSON object");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                if (name.equals(USER_PROPERTIES)) {
                    userProperties();
                } else {
                    property(name);
                }
            }
        }

        private void property(String name) throws IOException {
            Property<?> property = KEPT.stream()
                    .filter(known ->
                            known != Property.USER_PROPERTY && nameOf(known).equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("a message has no property \"" + name
                            + "\"; it has " + USER_PROPERTIES + ", "
                            + KEPT.stream()
                                    .filter(known -> known != Property.USER_PROPERTY)
                                    .map(RecordedMessage::nameOf)
                                    .collect(Collectors.joining(", "))));
            Object value = switch (property.type()) {
                case STRING, STRING_PAIR -> string(name);
                case BINARY -> base64(name);
                case BYTE, TWO_BYTES, VARIABLE -> (int) number(name, property.minimum(), property.maximum());
                case FOUR_BYTES -> number(name, property.minimum(), property.maximum());
            };
            properties.add(property, value);
        }

        private void userProperties() throws IOException {
            String wrong = "\"" + USER_PROPERTIES + "\" must be a list of pairs, such as [[\"name\",\"value\"]]";
            if (json.currentToken() != JsonToken.START_ARRAY) {
                throw new IllegalArgumentException(wrong);
            }
            while (json.nextToken() == JsonToken.START_ARRAY) {
                String name = json.nextTextValue();
                String value = json.nextTextValue();
                if (name == null || value == null || json.nextToken() != JsonToken.END_ARRAY) {
                    throw new IllegalArgumentException(wrong);
                }
                properties.add(Property.USER_PROPERTY, new UserProperty(name, value));
            }
            if (json.currentToken() != JsonToken.END_ARRAY) {
                throw new IllegalArgumentException(wrong);
            }
        }
    }
}
