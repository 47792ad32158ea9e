package io.godwit.web.decode;

import com.google.protobuf.Descriptors.Descriptor;
import io.godwit.web.avro.AvroPayload;
import io.godwit.web.avro.AvroSchema;
import io.godwit.web.decode.Decoded.Form;
import io.godwit.web.json.Utf8Text;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Decodes payloads by the rules for their topics; the first rule that matches decides, and nothing is guessed. A payload that its
 * decoder cannot read is shown as text or in hexadecimal, with the reason. Immutable; changes make a new one.
 */
public final class Decoding {
    private static final int PREVIEW = 200;
    private static final int PREVIEW_BYTES = 2_048;
    private static final int PREVIEW_DECODED = 64 << 10;

    private final List<DecodeRule> rules;
    private final Map<String, DescriptorSet> descriptors;

    private final Map<String, AvroSchema> schemas;

    private Decoding(List<DecodeRule> rules, Map<String, DescriptorSet> descriptors, Map<String, AvroSchema> schemas) {
        this.rules = rules;
        this.descriptors = descriptors;
        this.schemas = schemas;
    }

    /** With the usual rules. */
    public static Decoding usual() {
        return new Decoding(DecodeRule.usual(), Map.of(), Map.of());
    }

    public List<DecodeRule> rules() {
        return rules;
    }

    public Collection<DescriptorSet> descriptors() {
        return descriptors.values();
    }

    public Collection<AvroSchema> schemas() {
        return schemas.values();
    }

    /**
     * With these rules in place of the present ones.
     *
     * @throws IllegalArgumentException if a rule names a message type that no descriptor set has, or an unknown schema
     */
    public Decoding withRules(List<DecodeRule> newRules) {
        for (DecodeRule rule : newRules) {
            if (rule.decoder() == DecoderKind.PROTOBUF) {
                type(rule);
            } else if (rule.decoder() == DecoderKind.AVRO && rule.type() != null) {
                schema(rule.type());
            }
        }
        return new Decoding(List.copyOf(newRules), descriptors, schemas);
    }

    /** With one more descriptor set; it replaces one of the same name. */
    public Decoding withDescriptors(DescriptorSet set) {
        Map<String, DescriptorSet> more = new LinkedHashMap<>(descriptors);
        more.put(set.name(), set);
        return new Decoding(rules, more, schemas);
    }

    /** With one more schema of Avro; it replaces one of the same name. */
    public Decoding withSchema(AvroSchema schema) {
        Map<String, AvroSchema> more = new LinkedHashMap<>(schemas);
        more.put(schema.name(), schema);
        return new Decoding(rules, descriptors, more);
    }

    /** The rule for a topic; null if none matches. */
    public @Nullable DecodeRule rule(String topic) {
        for (DecodeRule rule : rules) {
            if (rule.filter().matches(topic)) {
                return rule;
            }
        }
        return null;
    }

    private Descriptor type(DecodeRule rule) {
        return message(String.valueOf(rule.type()), rule.descriptors());
    }

    /**
     * A message type of a descriptor set.
     *
     * @param from the name of the set; null: any
     */
    Descriptor message(String name, @Nullable String from) {
        for (DescriptorSet set : descriptors.values()) {
            if (from == null || from.equals(set.name())) {
                Descriptor type = set.type(name);
                if (type != null) {
                    return type;
                }
            }
        }
        throw new IllegalArgumentException(
                "unknown message type '" + name + "'" + (descriptors.isEmpty() ? ": there is no descriptor set" : ""));
    }

    AvroSchema schema(String name) {
        AvroSchema schema = schemas.get(name);
        if (schema == null) {
            throw new IllegalArgumentException("unknown Avro schema '" + name + "'");
        }
        return schema;
    }

    /**
     * Decodes a payload.
     *
     * @param chosen a decoder in place of the rule's, or null
     * @param lastPayload gives the last payload of another topic, or null: of birth certificates
     */
    public Decoded decode(
            String topic,
            byte[] payload,
            @Nullable DecoderKind chosen,
            Function<String, byte @Nullable []> lastPayload) {
        DecodeRule rule = rule(topic);
        DecoderKind kind = chosen != null ? chosen : rule == null ? DecoderKind.TEXT : rule.decoder();
        try {
            return switch (kind) {
                case TEXT -> text(payload);
                case HEX -> new Decoded(kind, Form.HEX, HexLines.of(payload), null, null, null);
                case IMAGE -> image(payload);
                case JSON -> structured(kind, new JsonText(), payload, null);
                case CBOR -> structured(kind, new Cbor(), payload, null);
                case MSGPACK -> structured(kind, new MessagePack(), payload, null);
                case PROTOBUF -> structured(kind, new Protobuf(type(messageRule(topic, rule))), payload, null);
                case AVRO -> avro(topic, payload, rule);
                case SPARKPLUG -> sparkplug(topic, payload, lastPayload);
            };
        } catch (NotDecodableException | IllegalArgumentException | IOException e) {
            return undecoded(kind, payload, String.valueOf(e.getMessage()));
        }
    }

    private DecodeRule messageRule(String topic, @Nullable DecodeRule own) {
        DecodeRule rule = rule(DecoderKind.PROTOBUF, topic, own);
        if (rule == null) {
            throw new IllegalArgumentException("no rule names the message type of this topic");
        }
        return rule;
    }

    /** The rule that names the type: the topic's own, or the first one for this decoder that matches; null if none does. */
    private @Nullable DecodeRule rule(DecoderKind kind, String topic, @Nullable DecodeRule own) {
        if (own != null && own.decoder() == kind) {
            return own;
        }
        return rules.stream()
                .filter(rule -> rule.decoder() == kind && rule.filter().matches(topic))
                .findFirst()
                .orElse(null);
    }

    private Decoded avro(String topic, byte[] payload, @Nullable DecodeRule own)
            throws IOException, NotDecodableException {
        DecodeRule rule = rule(DecoderKind.AVRO, topic, own);
        AvroSchema schema = rule == null || rule.type() == null ? null : schema(rule.type());
        List<String> notes = new ArrayList<>();
        Decoder decoder = (bytes, json) -> {
            String note = AvroPayload.decode(bytes, schema, schemas.values(), json);
            if (note != null) {
                notes.add(note);
            }
        };
        String text = JsonText.of(decoder, payload);
        return new Decoded(DecoderKind.AVRO, Form.JSON, text, notes.isEmpty() ? null : notes.get(0), null, null);
    }

    private static Decoded structured(DecoderKind kind, Decoder decoder, byte[] payload, @Nullable String note)
            throws IOException, NotDecodableException {
        return new Decoded(kind, Form.JSON, JsonText.of(decoder, payload), note, null, null);
    }

    private static Decoded sparkplug(String topic, byte[] payload, Function<String, byte @Nullable []> lastPayload)
            throws IOException, NotDecodableException {
        List<byte[]> births = new ArrayList<>();
        List<String> from = new ArrayList<>();
        for (String birth : SparkplugNames.birthTopics(topic)) {
            byte[] last = lastPayload.apply(birth);
            if (last != null) {
                births.add(last);
                from.add(birth);
            }
        }
        SparkplugNames names = births.isEmpty() ? SparkplugNames.NONE : SparkplugNames.of(births);
        String note = from.isEmpty() ? null : "names of aliases are from " + String.join(" and ", from);
        return structured(DecoderKind.SPARKPLUG, new Sparkplug(names), payload, note);
    }

    private static Decoded text(byte[] payload) throws NotDecodableException {
        String text = Utf8Text.of(payload);
        if (text == null) {
            throw new NotDecodableException("the payload is not UTF-8");
        }
        return new Decoded(DecoderKind.TEXT, Form.TEXT, text, null, null, null);
    }

    private static Decoded image(byte[] payload) throws NotDecodableException {
        ImageType type = ImageType.of(payload);
        if (type == null) {
            throw new NotDecodableException("the payload is not PNG, JPEG, GIF, WebP, BMP or AVIF");
        }
        return new Decoded(DecoderKind.IMAGE, Form.IMAGE, "", null, null, type);
    }

    private static Decoded undecoded(DecoderKind kind, byte[] payload, String error) {
        String text = Utf8Text.of(payload);
        return text != null
                ? new Decoded(kind, Form.TEXT, text, null, error, null)
                : new Decoded(kind, Form.HEX, HexLines.of(payload), null, error, null);
    }

    // ---- previews ----

    /** The payload on one line of at most 200 characters, and the decoder of its topic's rule. */
    public Preview preview(String topic, byte[] payload, Function<String, byte @Nullable []> lastPayload) {
        DecodeRule rule = rule(topic);
        DecoderKind kind = rule == null ? DecoderKind.TEXT : rule.decoder();
        if (payload.length == 0) {
            return new Preview("", kind);
        }
        return switch (kind) {
            case JSON, TEXT -> {
                String start = start(payload);
                yield start != null ? new Preview(oneLine(start), kind) : bytes(payload, kind);
            }
            case HEX -> bytes(payload, kind);
            default -> {
                if (payload.length > PREVIEW_DECODED) {
                    yield new Preview(kind.label() + ", " + payload.length + " bytes", kind);
                }
                Decoded decoded = decode(topic, payload, null, lastPayload);
                ImageType image = decoded.image();
                yield image != null
                        ? new Preview(image.type() + ", " + payload.length + " bytes", kind)
                        : decoded.form() == Form.HEX
                                ? bytes(payload, kind)
                                : new Preview(oneLine(decoded.text()), kind);
            }
        };
    }

    private static Preview bytes(byte[] payload, DecoderKind kind) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(payload.length, PREVIEW / 3 - 1); i++) {
            text.append(i == 0 ? "" : " ").append(Character.forDigit(payload[i] >> 4 & 15, 16));
            text.append(Character.forDigit(payload[i] & 15, 16));
        }
        return new Preview(text + (payload.length > PREVIEW / 3 - 1 ? " …" : ""), kind);
    }

    /** The first part as text, cut between characters; null if it is not UTF-8. */
    private static @Nullable String start(byte[] payload) {
        int end = Math.min(payload.length, PREVIEW_BYTES);
        while (end < payload.length && end > 0 && (payload[end] & 0xC0) == 0x80) {
            end--;
        }
        byte[] part = end == payload.length ? payload : Arrays.copyOf(payload, end);
        return Utf8Text.of(part);
    }

    /** White space in a row becomes one blank; control characters become blanks too. */
    static String oneLine(String text) {
        StringBuilder line = new StringBuilder(Math.min(text.length(), PREVIEW));
        boolean blank = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c >= 0x7F && c < 0xA0) {
                blank = line.length() > 0;
                continue;
            }
            if (line.length() + (blank ? 2 : 1) >= PREVIEW) {
                if (Character.isHighSurrogate(line.charAt(line.length() - 1))) {
                    line.setLength(line.length() - 1);
                }
                return line.append('…').toString();
            }
            if (blank) {
                line.append(' ');
                blank = false;
            }
            line.append(c);
        }
        return line.toString();
    }

    /** A payload on one line. */
    public record Preview(String text, DecoderKind decoder) {}
}
