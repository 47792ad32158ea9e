package io.godwit.web.page;

import com.fasterxml.jackson.core.JsonGenerator;
import io.godwit.mqtt.protocol.Message;
import io.godwit.web.decode.Decoded;
import io.godwit.web.decode.DecoderKind;
import io.godwit.web.decode.Decoding;
import io.godwit.web.decode.ImageType;
import io.godwit.web.model.StoredMessage;
import io.godwit.web.model.TopicNode;
import io.godwit.web.model.TopicTree;
import io.godwit.web.recording.RecordedMessage;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes stored messages for the page: VALUE and VALUE_WITH_PAYLOAD. Holds no lock while it decodes. */
public final class Values {
    private static final int LONGEST_TEXT = 262_144;

    private final Workspace workspace;

    public Values(Workspace workspace) {
        this.workspace = workspace;
    }

    /** Decodes a message of this tree. */
    public Decoded decode(TopicTree tree, Message message, @Nullable DecoderKind chosen) {
        return workspace
                .decoding()
                .decode(message.topic(), message.payload(), chosen, topic -> lastPayload(tree, topic));
    }

    Decoding.Preview preview(TopicTree tree, Message message) {
        return workspace.decoding().preview(message.topic(), message.payload(), topic -> lastPayload(tree, topic));
    }

    private static byte @Nullable [] lastPayload(TopicTree tree, String topic) {
        tree.lock().lock();
        try {
            TopicNode node = tree.topic(topic);
            StoredMessage last = node == null ? null : node.last();
            return last == null ? null : last.message().payload();
        } finally {
            tree.lock().unlock();
        }
    }

    /** Writes VALUE as a member object's contents. */
    void value(TopicTree tree, StoredMessage value, boolean withTopic, JsonGenerator json) throws IOException {
        Message message = value.message();
        json.writeNumberField("value", value.id());
        json.writeNumberField("node", value.nodeId());
        if (withTopic) {
            json.writeStringField("topic", cut(message.topic(), 4_096));
        }
        json.writeNumberField("at", value.time());
        head(message, value.payloadLength(), json);
        json.writeNumberField("skipped", skipped(tree, value));
        json.writeStringField("text", preview(tree, message).text());
    }

    private static long skipped(TopicTree tree, StoredMessage value) {
        tree.lock().lock();
        try {
            return value.skipped();
        } finally {
            tree.lock().unlock();
        }
    }

    private static void head(Message message, int length, JsonGenerator json) throws IOException {
        json.writeNumberField("qos", message.qos().level());
        json.writeBooleanField("retain", message.retain());
        json.writeBooleanField("duplicate", message.isDuplicate());
        json.writeNumberField("bytes", length);
        RecordedMessage.writeProperties(message, json);
    }

    /** Writes VALUE_WITH_PAYLOAD as an object. */
    void valueWithPayload(TopicTree tree, StoredMessage value, @Nullable DecoderKind chosen, JsonGenerator json)
            throws IOException {
        json.writeStartObject();
        value(tree, value, true, json);
        json.writeFieldName("payload");
        if (value.isPayloadDropped()) {
            json.writeStartObject();
            json.writeStringField("decoder", DecoderKind.TEXT.label());
            json.writeStringField("form", "text");
            json.writeStringField("text", "");
            json.writeNumberField("length", 0);
            json.writeBooleanField("complete", false);
            json.writeStringField(
                    "error",
                    "the payload of " + value.payloadLength() + " bytes was not kept: start with more --memory");
            json.writeEndObject();
        } else {
            payload(decode(tree, value.message(), chosen), json);
        }
        json.writeEndObject();
    }

    /** Writes a message that is in no tree, as a response is. */
    void response(TopicTree tree, Message message, long millis, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("topic", cut(message.topic(), 4_096));
        json.writeNumberField("at", millis);
        head(message, message.payload().length, json);
        json.writeFieldName("payload");
        payload(decode(tree, message, null), json);
        json.writeEndObject();
    }

    private static void payload(Decoded decoded, JsonGenerator json) throws IOException {
        String text = decoded.text();
        json.writeStartObject();
        json.writeStringField("decoder", decoded.decoder().label());
        json.writeStringField("form", decoded.form().name().toLowerCase(Locale.ROOT));
        json.writeStringField("text", cut(text, LONGEST_TEXT));
        json.writeNumberField("length", text.length());
        json.writeBooleanField("complete", text.length() <= LONGEST_TEXT);
        if (decoded.note() != null) {
            json.writeStringField("note", decoded.note());
        }
        if (decoded.error() != null) {
            json.writeStringField("error", decoded.error());
        }
        ImageType image = decoded.image();
        if (image != null) {
            json.writeObjectFieldStart("image");
            json.writeStringField("type", image.type());
            json.writeNumberField("width", image.width());
            json.writeNumberField("height", image.height());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    /** The first characters, never half of one. */
    static String cut(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most);
    }
}
