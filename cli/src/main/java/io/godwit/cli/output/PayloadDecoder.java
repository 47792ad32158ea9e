package io.godwit.cli.output;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import io.godwit.mqtt.protocol.Message;
import io.godwit.web.decode.Decoded;
import io.godwit.web.decode.Decoding;
import io.godwit.web.decode.ImageType;
import io.godwit.web.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Decodes payloads by rules for their topics. What cannot be decoded is left as it is, and reported once for each topic. The last
 * birth certificates of Sparkplug are kept, for the names of later messages. For one thread at a time.
 */
public final class PayloadDecoder {
    private static final int MOST_BIRTHS = 1_000;
    private static final int LARGEST_BIRTH = 64 << 10;
    private static final int MOST_TOPICS = 1_000;

    // Set once.
    private final Decoding decoding;
    private final Consumer<String> notes;

    private final Map<String, byte[]> births = new LinkedHashMap<>(16, 0.75f, true);
    private final Set<String> reported = new HashSet<>();

    /** What was decoded last, since a format may ask several times. */
    private @Nullable Message last;

    private @Nullable Payload lastPayload;

    /**
     * A decoded payload.
     *
     * @param text on one line if it is JSON
     * @param json whether it is JSON
     */
    public record Payload(String text, boolean json) {
        /** In UTF-8. */
        public byte[] bytes() {
            return text.getBytes(StandardCharsets.UTF_8);
        }

        /** Writes it as a member of an object: JSON itself, or a string. */
        public void write(String name, JsonGenerator json) throws IOException {
            if (!this.json) {
                json.writeStringField(name, text);
                return;
            }
            json.writeFieldName(name);
            try (JsonParser in = Json.parser(text)) {
                in.nextToken();
                json.copyCurrentStructureExact(in);
            }
        }
    }

    /** @param notes receives what could not be decoded, and why */
    public PayloadDecoder(Decoding decoding, Consumer<String> notes) {
        this.decoding = decoding;
        this.notes = notes;
    }

    /** The decoded payload; null if there is no rule for the topic, nothing to decode, or it cannot be decoded. */
    public @Nullable Payload of(Message message) {
        if (message != last) {
            lastPayload = decode(message);
            last = message;
        }
        return lastPayload;
    }

    private @Nullable Payload decode(Message message) {
        String topic = message.topic();
        byte[] payload = message.payload();
        if (payload.length == 0 || decoding.rule(topic) == null) {
            return null;
        }
        keepBirth(topic, payload);
        Decoded decoded = decoding.decode(topic, payload, null, births::get);
        if (decoded.error() != null) {
            if (reported.size() < MOST_TOPICS && reported.add(topic)) {
                notes.accept("the payload on '" + topic + "' is not "
                        + decoded.decoder().label() + ": " + decoded.error() + "; it is shown as it is");
            }
            return null;
        }
        return switch (decoded.form()) {
            case JSON -> {
                String line = JsonLayout.of(decoded.text().getBytes(StandardCharsets.UTF_8), false);
                yield new Payload(line == null ? decoded.text() : line, line != null);
            }
            case TEXT -> new Payload(decoded.text(), false);
            case HEX -> new Payload(HexFormat.of().formatHex(payload), false);
            case IMAGE -> new Payload(image(decoded.image(), payload.length), false);
        };
    }

    private static String image(@Nullable ImageType image, int bytes) {
        return image == null
                ? bytes + " bytes"
                : image.type() + ", " + image.width() + " x " + image.height() + ", " + bytes + " bytes";
    }

    private void keepBirth(String topic, byte[] payload) {
        if (topic.startsWith("spBv1.0/") && topic.contains("BIRTH/") && payload.length <= LARGEST_BIRTH) {
            births.put(topic, payload);
            if (births.size() > MOST_BIRTHS) {
                births.remove(births.keySet().iterator().next());
            }
        }
    }
}
