package io.godwit.cli.output;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.PrettyPrinter;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.UserProperty;
import io.godwit.web.json.Json;
import io.godwit.web.json.Utf8Text;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message as {@code %j} and {@code %J} write it: the members of mosquitto_sub in their order. A payload that is not UTF-8
 * is Base64 in a member of its own, so that nothing is lost.
 */
final class MessageJson {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'Z");

    private final boolean escaped;
    private final boolean pretty;

    /**
     * @param escaped whether the payload is a string; otherwise it is JSON itself
     * @param pretty whether it is laid out over several lines
     */
    MessageJson(boolean escaped, boolean pretty) {
        this.escaped = escaped;
        this.pretty = pretty;
    }

    /**
     * The message as JSON.
     *
     * @param decoded its payload, if it could be decoded: a member of its own beside an escaped payload, else in place of it
     * @throws UnprintableException if the payload should be JSON and is not
     */
    String of(Message message, ZonedDateTime time, PayloadDecoder.@Nullable Payload decoded) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = Json.generator(text)) {
            if (pretty) {
                json.setPrettyPrinter(new Tabs());
            }
            json.writeStartObject();
            json.writeStringField("tst", TIME.format(time));
            json.writeStringField("topic", message.topic());
            json.writeNumberField("qos", message.qos().level());
            json.writeNumberField("retain", message.retain() ? 1 : 0);
            json.writeNumberField("payloadlen", message.payload().length);
            if (!message.properties().isEmpty()) {
                properties(json, message.properties(), message.userProperties());
            }
            if (decoded == null) {
                payload(json, message);
            } else if (escaped) {
                payload(json, message);
                decoded.write("decoded", json);
            } else {
                decoded.write("payload", json);
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private void payload(JsonGenerator json, Message message) throws IOException {
        byte[] payload = message.payload();
        String text = Utf8Text.of(payload);
        if (payload.length == 0) {
            json.writeNullField("payload");
        } else if (!escaped) {
            json.writeFieldName("payload");
            try (JsonParser in = Json.parser(payload)) {
                in.nextToken();
                json.copyCurrentStructureExact(in);
                if (in.nextToken() != null) {
                    throw new UnprintableException(notJson(message));
                }
            } catch (IOException e) {
                throw new UnprintableException(notJson(message));
            }
        } else if (text != null) {
            json.writeStringField("payload", text);
        } else {
            json.writeStringField("payloadBase64", Base64.getEncoder().encodeToString(payload));
        }
    }

    private static String notJson(Message message) {
        return "the payload on topic '" + message.topic() + "' is not JSON: use %j";
    }

    private static void properties(JsonGenerator json, MqttProperties properties, List<UserProperty> users)
            throws IOException {
        json.writeObjectFieldStart("properties");
        boolean usersWritten = false;
        for (int i = 0; i < properties.size(); i++) {
            Property<?> property = properties.property(i);
            Object value = properties.value(i);
            String name = property.name().replace(' ', '-');
            if (value instanceof UserProperty) {
                if (!usersWritten) {
                    json.writeObjectFieldStart("user-properties");
                    for (UserProperty user : users) {
                        json.writeStringField(user.name(), user.value());
                    }
                    json.writeEndObject();
                    usersWritten = true;
                }
            } else if (value instanceof byte[] bytes) {
                json.writeStringField(name, new String(bytes, StandardCharsets.UTF_8));
            } else if (value instanceof Number number) {
                json.writeNumberField(name, number.longValue());
            } else {
                json.writeStringField(name, String.valueOf(value));
            }
        }
        json.writeEndObject();
    }

    /** The layout of cJSON: a tab for each level, arrays on one line. */
    private static final class Tabs implements PrettyPrinter {
        private int depth;

        private void newLine(JsonGenerator json) throws IOException {
            json.writeRaw("\n" + "\t".repeat(depth));
        }

        @Override
        public void writeRootValueSeparator(JsonGenerator json) throws IOException {
            json.writeRaw('\n');
        }

        @Override
        public void writeStartObject(JsonGenerator json) throws IOException {
            json.writeRaw('{');
            depth++;
        }

        @Override
        public void beforeObjectEntries(JsonGenerator json) throws IOException {
            newLine(json);
        }

        @Override
        public void writeObjectFieldValueSeparator(JsonGenerator json) throws IOException {
            json.writeRaw(":\t");
        }

        @Override
        public void writeObjectEntrySeparator(JsonGenerator json) throws IOException {
            json.writeRaw(',');
            newLine(json);
        }

        @Override
        public void writeEndObject(JsonGenerator json, int entries) throws IOException {
            depth--;
            newLine(json);
            json.writeRaw('}');
        }

        @Override
        public void writeStartArray(JsonGenerator json) throws IOException {
            json.writeRaw('[');
        }

        @Override
        public void beforeArrayValues(JsonGenerator json) {}

        @Override
        public void writeArrayValueSeparator(JsonGenerator json) throws IOException {
            json.writeRaw(", ");
        }

        @Override
        public void writeEndArray(JsonGenerator json, int values) throws IOException {
            json.writeRaw(']');
        }
    }
}
